import { availableParallelism } from 'node:os'
import type { LlamaModel, Token } from 'node-llama-cpp'
import { TokenLoop } from './token-loop.ts'

const rounds = 2
const roundMilliseconds = 200
const roundTokens = 24
const farBehind = 0.6
/** About the length of a piece of a file, as an index embeds it. */
const textTokens = 64

/** Tokens/s with a thread count, of one round; may give up early below `hopeless`. */
type Speed = (model: LlamaModel, threads: number, hopeless: number) => Promise<number>

/** 1, half, cores − 1 and cores: more threads than cores cost a factor of a thousand. */
export function threadCounts(cores: number = availableParallelism()): number[] {
  return [...new Set([1, Math.ceil(cores / 2), cores - 1, cores])].filter(count => count >= 1).sort((a, b) => a - b)
}

/**
 * Tokens/s of a short run for each thread count; the model must be on the processor. Best of two rounds, taken in turn; a count that
 * was far behind in the first round is not tried again.
 */
export async function measureThreads(model: LlamaModel, counts: readonly number[], speed: Speed, signal: AbortSignal): Promise<Map<number, number>> {
  const speeds = new Map<number, number>()
  for (let round = 0; round < rounds; round++)
    for (const threads of counts) {
      signal.throwIfAborted()
      const best = Math.max(0, ...speeds.values())
      const before = speeds.get(threads)
      if (before !== undefined && before < best * farBehind) continue
      speeds.set(threads, Math.max(before ?? 0, await speed(model, threads, best * farBehind)))
    }
  return speeds
}

export const writingSpeed: Speed = async (model, threads, hopeless) => {
  await using context = await model.createContext({ contextSize: 256, batchSize: 64, threads })
  // The loop that answers are written with: another one may be faster on another count.
  await using loop = new TokenLoop(context)
  let start = 0
  let tokens = -1
  let elapsed = 0
  const onToken = (): boolean => {
    if (++tokens === 0) start = performance.now()
    elapsed = performance.now() - start
    const isHopeless = tokens >= 3 && (tokens / elapsed) * 1000 < hopeless
    return tokens < roundTokens && elapsed < roundMilliseconds && !isHopeless
  }
  const task = { sequence: context.getSequence(), tokens: model.tokenize('function'), sampling: { temperature: 0 }, isFill: false, step: null, guesser: null, onToken }
  await loop.run(task, new AbortController().signal)
  return (tokens / elapsed) * 1000
}

export const embeddingSpeed: Speed = async (model, threads) => {
  const contextSize = textTokens * 2
  await using context = await model.createEmbeddingContext({ contextSize, batchSize: contextSize, threads })
  const [token] = model.tokenize('function')
  const text: Token[] = token === undefined ? [] : Array.from({ length: textTokens }, () => token)
  await context.getEmbeddingFor(text)
  const start = performance.now()
  let texts = 0
  let elapsed = 0
  while (texts < 3 && elapsed < roundMilliseconds) {
    await context.getEmbeddingFor(text)
    texts++
    elapsed = performance.now() - start
  }
  return ((texts * textTokens) / elapsed) * 1000
}

/** The fastest count; of counts within a tenth the smallest: it was measured on a machine at rest, and whoever works on it needs a part of it, for which threads on every core then wait. */
export function fastest(speeds: ReadonlyMap<number, number>): number {
  const best = Math.max(...speeds.values())
  const good = [...speeds].filter(([, speed]) => speed >= best * 0.9).map(([threads]) => threads)
  return Math.min(...good)
}
