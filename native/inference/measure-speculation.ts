import type { LlamaModel, Token } from 'node-llama-cpp'
import type { MeasuredSpeculation } from './contract.ts'
import type { Lane } from './lane.ts'
import type { GuesserName } from './speculation.ts'

export const answerTokens = 64
/** A guess that is hardly faster on what suits it costs more than it brings on everything else. */
const leastGain = 1.1
const rounds = 2

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

/** An edit that copies most of a file: the task that suits guessing. */
export function editPrompt(model: LlamaModel): readonly Token[] {
  const begun = code.slice(0, code.indexOf('{') + 1)
  const prompt = model.tokenize(`${code}\n// The same again:\n${code}\n// The same again:\n${code}\n// The same again:\n${begun}`)
  const { bos, shouldPrependBosToken } = model.tokens
  return shouldPrependBosToken && bos !== null ? [bos, ...prompt] : prompt
}

/** Which way to guess writes faster than none, by a tenth at least. Two rounds, in turn, of which the better counts. Throws the signal's reason. */
export async function measureSpeculation(lane: Pick<Lane, 'choose' | 'run'>, prompt: readonly Token[], guessers: readonly GuesserName[], signal: AbortSignal, now = (): number => performance.now()): Promise<MeasuredSpeculation> {
  const speeds: MeasuredSpeculation['speeds'] = { off: 0 }
  for (let round = 0; round < rounds; round++)
    for (const way of ['off', ...guessers] as const) {
      signal.throwIfAborted()
      lane.choose(way === 'off' ? null : way)
      speeds[way] = Math.max(speeds[way] ?? 0, await tokensPerSecond(lane, prompt, signal, now))
    }
  const speedOf = (way: GuesserName): number => speeds[way] ?? 0
  const [best] = guessers.toSorted((a, b) => speedOf(b) - speedOf(a))
  return { winner: best && speedOf(best) >= speeds.off * leastGain ? best : 'off', speeds }
}

async function tokensPerSecond(lane: Pick<Lane, 'run'>, prompt: readonly Token[], signal: AbortSignal, now: () => number): Promise<number> {
  let tokens = 0
  let firstAt = 0
  const onToken = (): boolean => {
    if (++tokens === 1) firstAt = now()
    return tokens < answerTokens
  }
  await lane.run({ prompt, sampling: { temperature: 0 }, onToken }, signal)
  return ((tokens - 1) / (now() - firstAt)) * 1000
}
