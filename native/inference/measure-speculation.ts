import type { LlamaModel, Token } from 'node-llama-cpp'
import type { Lane } from './lane.ts'
import type { GuesserName } from './speculation.ts'

const answerTokens = 64
/** A guess that is hardly faster on what suits it costs more than it brings on everything else. */
const leastGain = 1.1

/** Even the smallest model goes on copying this once it has begun. */
const code = `export function total(items: readonly Item[]): number {
  let sum = 0
  for (const item of items) {
    sum += item.price * item.count
  }
  return sum
}

export function mean(items: readonly Item[]): number {
  return items.length === 0 ? 0 : total(items) / items.length
}
`

/** Which way to guess makes an edit that copies most of a file, the task that suits guessing, faster on this machine; null where none does. Two rounds, the better counts. */
export async function measureSpeculation(model: LlamaModel, lane: Lane, guessers: readonly GuesserName[], signal: AbortSignal): Promise<GuesserName | null> {
  const begun = code.slice(0, code.indexOf('{') + 1)
  const prompt = model.tokenize(`${code}\n// The same again:\n${code}\n// The same again:\n${code}\n// The same again:\n${begun}`)
  const { bos, shouldPrependBosToken } = model.tokens
  const tokens = shouldPrependBosToken && bos !== null ? [bos, ...prompt] : prompt
  if (tokens.length + answerTokens >= lane.contextSize) return null
  const speeds = new Map<GuesserName | null, number>()
  for (let round = 0; round < 2; round++)
    for (const guesser of [null, ...guessers]) {
      lane.choose(guesser)
      speeds.set(guesser, Math.max(speeds.get(guesser) ?? 0, await tokensPerSecond(lane, tokens, signal)))
    }
  lane.choose(null)
  await lane.clear()
  const plain = speeds.get(null) ?? 0
  const [best] = guessers.toSorted((a, b) => (speeds.get(b) ?? 0) - (speeds.get(a) ?? 0))
  return best && (speeds.get(best) ?? 0) >= plain * leastGain ? best : null
}

async function tokensPerSecond(lane: Lane, prompt: readonly Token[], signal: AbortSignal): Promise<number> {
  let tokens = 0
  let firstAt = 0
  const onToken = (): boolean => {
    if (++tokens === 1) firstAt = performance.now()
    return tokens < answerTokens
  }
  await lane.run({ prompt, sampling: { temperature: 0 }, onToken }, signal)
  return ((tokens - 1) / (performance.now() - firstAt)) * 1000
}
