import type { Token } from 'node-llama-cpp'
import { describe, expect, it } from 'vitest'
import type { LaneTask } from './lane.ts'
import { answerTokens, measureSpeculation } from './measure-speculation.ts'
import type { GuesserName } from './speculation.ts'

const prompt = [1, 2, 3] as Token[]

/** A lane whose tokens take as many milliseconds as a test says, by the way they are guessed and the round. */
class FakeLane {
  readonly runs: (GuesserName | 'off')[] = []
  readonly tasks: LaneTask[] = []
  time = 0
  readonly #millisecondsPerToken: (way: GuesserName | 'off', round: number) => number
  #way: GuesserName | 'off' = 'off'

  constructor(millisecondsPerToken: (way: GuesserName | 'off', round: number) => number) {
    this.#millisecondsPerToken = millisecondsPerToken
  }

  choose(guesser: GuesserName | null): void {
    this.#way = guesser ?? 'off'
  }

  async run(task: LaneTask, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const round = this.runs.filter(way => way === this.#way).length
    this.runs.push(this.#way)
    this.tasks.push(task)
    // Reading the prompt is no part of the comparison.
    this.time += 10_000 / (this.runs.length * 2)
    for (let goesOn = true; goesOn; this.time += goesOn ? this.#millisecondsPerToken(this.#way, round) : 0) goesOn = task.onToken(7 as Token)
  }
}

const measure = (lane: FakeLane, guessers: readonly GuesserName[], signal = new AbortController().signal) => measureSpeculation(lane, prompt, guessers, signal, () => lane.time)
const byWay = (off: number, lookup: number, draft: number) => (way: GuesserName | 'off') => ({ off, lookup, draft })[way]

describe('measureSpeculation', () => {
  it('takes what is a tenth faster, and nothing below that', async () => {
    expect(await measure(new FakeLane(byWay(11, 10, 99)), ['lookup'])).toMatchObject({ winner: 'lookup' })
    expect(await measure(new FakeLane(byWay(10.8, 10, 99)), ['lookup'])).toMatchObject({ winner: 'off' })
    expect(await measure(new FakeLane(byWay(10, 20, 99)), ['lookup'])).toMatchObject({ winner: 'off' })
  })

  it('takes the faster one of a draft model and the prompt', async () => {
    expect(await measure(new FakeLane(byWay(30, 20, 10)), ['draft', 'lookup'])).toEqual({ winner: 'draft', speeds: { off: expect.closeTo(1000 / 30), lookup: expect.closeTo(50), draft: expect.closeTo(100) } })
    expect((await measure(new FakeLane(byWay(30, 10, 20)), ['draft', 'lookup'])).winner).toBe('lookup')
    // The draft model is slower than none, the prompt is not.
    expect((await measure(new FakeLane(byWay(30, 20, 40)), ['draft', 'lookup'])).winner).toBe('lookup')
  })

  it('runs each way in turn, twice, and counts the better round', async () => {
    const lane = new FakeLane((way, round) => (way === 'lookup' ? [90, 10] : [20, 60])[round]!)
    expect(await measure(lane, ['lookup'])).toEqual({ winner: 'lookup', speeds: { off: expect.closeTo(50), lookup: expect.closeTo(100) } })
    expect(lane.runs).toEqual(['off', 'lookup', 'off', 'lookup'])
    for (const task of lane.tasks) expect(task).toMatchObject({ prompt, sampling: { temperature: 0 } })
    const fastOnce = new FakeLane((way, round) => (way === 'lookup' ? 12 : [60, 10][round]!))
    expect((await measure(fastOnce, ['lookup'])).winner).toBe('off')
  })

  it('ends every run after as many tokens, and all of it as soon as somebody asks', async () => {
    let tokens = 0
    const lane = new FakeLane(() => (tokens++, 1))
    await measure(lane, ['lookup'])
    expect(tokens).toBe(4 * (answerTokens - 1))
    const abort = new AbortController()
    const interrupted = new FakeLane(way => {
      if (way === 'lookup') abort.abort(new Error('somebody asks'))
      return 1
    })
    await expect(measure(interrupted, ['lookup'], abort.signal)).rejects.toThrow('somebody asks')
    expect(interrupted.runs).toEqual(['off', 'lookup'])
  })
})
