import type { LlamaModel, Token } from 'node-llama-cpp'
import type { Lane } from './lane.ts'
import type { Guesser } from './speculation.ts'

const answerTokens = 40
/** A guess that is hardly faster on what suits it costs more than it brings on everything else. */
const leastGain = 1.1

const code = `export function total(items: readonly Item[]): number {
  let sum = 0
  for (const item of items) {
    sum += item.price * item.count
  }
  return sum
}
`

/** Which way to guess makes an edit, the task that suits guessing, faster on this machine; null where none does. Two rounds, the better counts. */
export async function measureSpeculation(model: LlamaModel, lane: Lane, guessers: readonly Guesser[], choose: (guesser: Guesser | null) => void, signal: AbortSignal): Promise<Guesser | null> {
  const prompt = model.tokenize(`${code}\n// The same again, with the names changed:\n${code}\n// The same again:\n${code.slice(0, code.indexOf('{') + 1)}`)
  const { bos, shouldPrependBosToken } = model.tokens
  const tokens = shouldPrependBosToken && bos !== null ? [bos, ...prompt] : prompt
  if (tokens.length + answerTokens >= lane.sequence.contextSize) return null
  const speeds = new Map<Guesser | null, number>()
  for (let round = 0; round < 2; round++)
    for (const guesser of [null, ...guessers]) {
      choose(guesser)
      speeds.set(guesser, Math.max(speeds.get(guesser) ?? 0, await tokensPerSecond(lane, tokens, signal)))
    }
  choose(null)
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
