import { z } from 'zod'
import type { TokenLogprob } from '../../../../native/inference/contract.ts'
import { answerAsk, emptyAsk, newId, type ChatAsk, type Ended } from '../chat-ask.ts'
import { event } from '../answer.ts'
import { invalid } from '../api-error.ts'
import { cutAtStop } from '../cut-at-stop.ts'
import type { Exchange } from '../exchange.ts'
import { parse } from '../read-body.ts'
import type { ApiTurn } from '../served.ts'
import { finishReason, seconds } from './chat-answer.ts'
import { readSampling, readStop, samplingFields, stopWords } from './chat-request.ts'

/** What OpenAI's own endpoint writes where nothing is said. */
const standardTokens = 16

const CompletionRequest = z.object({
  model: z.string().min(1),
  prompt: z.union([z.string(), z.array(z.union([z.string(), z.number(), z.array(z.number())])).min(1).max(128)]).nullish(),
  suffix: z.string().nullish(),
  max_tokens: z.number().int().min(1).max(10_000_000).nullish(),
  n: z.number().int().nullish(),
  best_of: z.number().int().nullish(),
  echo: z.boolean().nullish(),
  logprobs: z.number().int().min(0).max(20).nullish(),
  stop: stopWords,
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  ...samplingFields,
})
type CompletionRequest = z.infer<typeof CompletionRequest>

interface Sums {
  promptTokens: number
  reusedTokens: number
  tokens: number
}

interface Piece {
  text: string
  logprobs: TokenLogprob[]
  finish: 'stop' | 'length' | null
}

/** `POST /v1/completions`: text that goes on, or fill-in where there is a suffix. */
export async function completions({ server, caller, endpoint, body, answer, signal, now }: Exchange): Promise<void> {
  const request = parse(CompletionRequest, body)
  const prompts = readPrompts(request)
  const role = request.suffix ? 'completion' : 'chat'
  await server.serve({ caller, endpoint, scope: 'completions', role, model: request.model, prompt: JSON.stringify([prompts, request.suffix ?? null]), signal }, async turn => {
    const frame = { id: newId('cmpl-'), object: 'text_completion', created: seconds(now()), model: turn.name, system_fingerprint: null }
    const sums: Sums = { promptTokens: 0, reusedTokens: 0, tokens: 0 }
    const choices = []
    for (const [index, prompt] of prompts.entries()) {
      const whole: Piece = { text: '', logprobs: [], finish: null }
      for await (const piece of pieces(prompt, request, turn, sums)) {
        if (request.stream) await answer.send('events', event({ ...frame, choices: [shown(piece, index, request, whole.text.length)] }))
        whole.text += piece.text
        whole.logprobs.push(...piece.logprobs)
        whole.finish = piece.finish
      }
      choices.push(shown(whole, index, request, 0))
    }
    const usage = { prompt_tokens: sums.promptTokens, completion_tokens: sums.tokens, total_tokens: sums.promptTokens + sums.tokens, prompt_tokens_details: { cached_tokens: sums.reusedTokens } }
    if (!request.stream) {
      answer.json({ ...frame, choices, usage })
      return
    }
    if (request.stream_options?.include_usage) await answer.send('events', event({ ...frame, choices: [], usage }))
    await answer.send('events', event('[DONE]'))
    answer.end()
  })
}

function readPrompts({ prompt, n, best_of: bestOf, echo, logprobs, suffix }: CompletionRequest): string[] {
  const prompts = typeof prompt === 'string' ? [prompt] : (prompt ?? [''])
  if (!prompts.every(one => typeof one === 'string')) throw invalid('prompt', 'Prompts are text; numbers of tokens are not taken.')
  if ((n ?? 1) !== 1) throw invalid('n', 'One answer is given to each prompt: “n” must be 1.')
  if ((bestOf ?? 1) !== 1) throw invalid('best_of', 'One answer is given to each prompt: “best_of” must be 1.')
  if (echo && typeof logprobs === 'number') throw invalid('echo', 'Probabilities of the prompt are not known: “echo” cannot go with “logprobs”.')
  if (suffix && typeof logprobs === 'number') throw invalid('logprobs', 'Probabilities are not told of a fill-in: leave out “logprobs”, or “suffix”.')
  return prompts
}

async function* pieces(prompt: string, request: CompletionRequest, turn: ApiTurn, sums: Sums): AsyncGenerator<Piece, void, void> {
  if (request.echo) yield { text: prompt, logprobs: [], finish: null }
  const maxTokens = request.max_tokens ?? standardTokens
  if (request.suffix) {
    const filled = await turn.complete({ prefix: prompt, suffix: request.suffix, scope: 'block', maxTokens })
    sums.promptTokens += filled.promptTokens
    sums.tokens += filled.tokens
    yield { text: cutAtStop(filled.text, readStop(request.stop)), logprobs: [], finish: filled.stopReason === 'max-tokens' ? 'length' : 'stop' }
    return
  }
  const ask: ChatAsk = {
    ...emptyAsk,
    text: prompt,
    maxTokens,
    temperature: request.temperature ?? null,
    seed: request.seed ?? null,
    sampling: readSampling(request),
    stop: readStop(request.stop),
    logprobs: request.logprobs ?? null,
  }
  for await (const piece of answerAsk(ask, turn)) {
    if (piece.type === 'text-delta') yield { text: piece.text, logprobs: piece.logprobs ?? [], finish: null }
    else if (piece.type === 'generate-end') {
      add(sums, piece)
      yield { text: '', logprobs: [], finish: finishReason(piece) === 'length' ? 'length' : 'stop' }
    }
  }
}

function add(sums: Sums, { promptTokens, reusedTokens, tokens }: Ended): void {
  sums.promptTokens += promptTokens
  sums.reusedTokens += reusedTokens
  sums.tokens += tokens
}

function shown({ text, logprobs, finish }: Piece, index: number, request: CompletionRequest, offset: number) {
  return { text, index, logprobs: typeof request.logprobs === 'number' ? shownLogprobs(logprobs, offset) : null, finish_reason: finish }
}

function shownLogprobs(logprobs: readonly TokenLogprob[], offset: number) {
  let at = offset
  const offsets = logprobs.map(({ text }) => (at += text.length) - text.length)
  return {
    tokens: logprobs.map(({ text }) => text),
    token_logprobs: logprobs.map(({ logprob }) => logprob),
    top_logprobs: logprobs.map(({ top }) => Object.fromEntries(top.map(({ text, logprob }) => [text, logprob]))),
    text_offset: offsets,
  }
}
