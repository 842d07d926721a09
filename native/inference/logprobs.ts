import type { LlamaModel, Token } from 'node-llama-cpp'
import type { GenerateRequest, TokenLogprob } from './contract.ts'

/** Numbers from 0 to 1 that a seed decides: Mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Chooses a token from the probabilities of all, likeliest first, in llama.cpp's order of steps. llama.cpp itself tells probabilities only
 * as they are after these steps, and a logprob is of what they were before.
 */
export function chooseToken(probabilities: ReadonlyMap<Token, number>, { temperature, sampling = {} }: Pick<GenerateRequest, 'temperature' | 'sampling'>, random: () => number): Token {
  let left = [...probabilities]
  const [likeliest] = left
  if (!likeliest) throw new Error('A choice among no tokens')
  if (temperature <= 0) return likeliest[0]
  const { topK, topP = 1, minP = 0 } = sampling
  if (topK) left = left.slice(0, topK)
  if (topP < 1) left = left.slice(0, coveredBy(left, topP))
  if (minP > 0) left = left.filter(([, probability]) => probability >= likeliest[1] * minP)
  const weights = left.map(([, probability]) => (probability / likeliest[1]) ** (1 / temperature))
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0)
  const index = weights.findIndex(weight => (rest -= weight) < 0)
  return (left[index] ?? likeliest)[0]
}

/** How many of the likeliest it takes to reach a share of what they have together. */
function coveredBy(candidates: readonly (readonly [Token, number])[], share: number): number {
  const goal = candidates.reduce((sum, [, probability]) => sum + probability, 0) * share
  let sum = 0
  const last = candidates.findIndex(([, probability]) => (sum += probability) >= goal)
  return last < 0 ? candidates.length : last + 1
}

/** Probabilities as they were before a temperature was applied. */
export function withoutTemperature(probabilities: ReadonlyMap<Token, number>, temperature: number): ReadonlyMap<Token, number> {
  if (temperature <= 0 || temperature === 1) return probabilities
  const raised = [...probabilities].map(([token, probability]) => [token, probability ** temperature] as const)
  const sum = raised.reduce((total, [, weight]) => total + weight, 0)
  return new Map(raised.map(([token, weight]) => [token, weight / sum]))
}

export function logprobOf(model: Pick<LlamaModel, 'detokenize'>, token: Token, probabilities: ReadonlyMap<Token, number>, count: number): TokenLogprob {
  const textOf = (of: Token): string => model.detokenize([of], true)
  const top: TokenLogprob['top'] = []
  for (const [other, probability] of probabilities) {
    if (top.length >= count) break
    top.push({ text: textOf(other), logprob: logarithm(probability) })
  }
  return { text: textOf(token), logprob: logarithm(probabilities.get(token) ?? 0), top }
}

/** JSON knows no infinity. */
const logarithm = (probability: number): number => Math.max(Math.log(probability), -9999)
