import type { BenchmarkEvent, BenchmarkFigures } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { EngineService } from './engine-service.ts'

export interface BenchmarkRequest {
  promptTokens: number
  tokens: number
  rounds: number
}

type Step = Extract<BenchmarkEvent, { type: 'benchmark-progress' }> | ({ type: 'benchmark-end' } & BenchmarkFigures)

interface Round {
  prefillTokensPerSecond: number | null
  tokensPerSecond: number | null
  firstTokenMilliseconds: number | null
  embeddingTokensPerSecond: number | null
  promptTokens: number
  tokens: number
}

/** Measures a model that is loaded; a round that is not counted comes first. Each prompt begins otherwise, so that nothing of it is in memory. */
export async function* benchmark(engine: EngineService, { promptTokens, tokens, rounds }: BenchmarkRequest, signal?: AbortSignal): AsyncGenerator<Step, void, void> {
  const model = await engine.ready(signal)
  const { facts } = engine
  if (!facts) throw new AppError('MODEL_NOT_LOADED', {})
  const room = model.contextTokens - tokens - 64
  const words = await promptOf(engine, Math.max(16, Math.min(promptTokens, room)), signal)
  const done: Round[] = []
  for (let round = 0; round <= rounds; round++) {
    yield { type: 'benchmark-progress', done: round, total: rounds + 1 }
    const text = `${round} ${Math.random().toString(36).slice(2, 8)} ${words}`
    const measured = model.canEmbed ? await embedRound(engine, text, signal) : await writeRound(engine, text, { tokens, canChat: model.canChat }, signal)
    if (round > 0) done.push(measured)
  }
  const middle = (of: (round: Round) => number | null): number | null => median(done.map(of).filter(value => value !== null))
  yield {
    type: 'benchmark-end',
    prefillTokensPerSecond: middle(round => round.prefillTokensPerSecond),
    tokensPerSecond: middle(round => round.tokensPerSecond),
    firstTokenMilliseconds: middle(round => round.firstTokenMilliseconds),
    embeddingTokensPerSecond: middle(round => round.embeddingTokensPerSecond),
    promptTokens: Math.round(middle(round => round.promptTokens) ?? 0),
    tokens: Math.round(middle(round => round.tokens) ?? 0),
    rounds,
    threads: facts.threads,
    device: facts.device,
  }
}

const sentence = 'for each value of the list add one to the sum and return it; '

async function promptOf(engine: EngineService, tokens: number, signal: AbortSignal | undefined): Promise<string> {
  const [each = 1] = await engine.countTokens([sentence], signal)
  return sentence.repeat(Math.max(1, Math.floor(tokens / Math.max(1, each))))
}

async function writeRound(engine: EngineService, text: string, { tokens, canChat }: { tokens: number; canChat: boolean }, signal: AbortSignal | undefined): Promise<Round> {
  const prompt = canChat ? { turns: [{ role: 'user' as const, text }] } : { turns: [], text }
  const request = { ...prompt, maxTokens: tokens, temperature: 0, seed: 1, ignoreEndOfText: true }
  for await (const event of engine.generate(request, signal)) {
    if (event.type !== 'generate-end') continue
    const fresh = event.promptTokens - event.reusedTokens
    return {
      prefillTokensPerSecond: event.firstTokenMilliseconds > 0 ? (fresh * 1000) / event.firstTokenMilliseconds : null,
      tokensPerSecond: event.tokensPerSecond,
      firstTokenMilliseconds: event.firstTokenMilliseconds,
      embeddingTokensPerSecond: null,
      promptTokens: event.promptTokens,
      tokens: event.tokens,
    }
  }
  throw new AppError('MODEL_NOT_LOADED', {})
}

async function embedRound(engine: EngineService, text: string, signal: AbortSignal | undefined): Promise<Round> {
  const start = performance.now()
  const [vector] = await engine.embed([text], signal)
  const tokens = vector?.tokens ?? 0
  return { prefillTokensPerSecond: null, tokensPerSecond: null, firstTokenMilliseconds: null, embeddingTokensPerSecond: (tokens * 1000) / (performance.now() - start), promptTokens: tokens, tokens: 0 }
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? null
}
