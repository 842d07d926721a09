import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KeepSchedule } from './keep-schedule.ts'

function setUp(keep: (path: string) => Promise<void> = () => Promise.resolve()) {
  const calls: string[] = []
  const outcomes: [string, unknown][] = []
  const schedule = new KeepSchedule({
    keep: path => {
      calls.push(path)
      return keep(path)
    },
    onOutcome: (path, failure) => void outcomes.push([path, failure]),
  })
  return { schedule, calls, outcomes }
}

describe('when unsaved text is kept', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('waits for a rest of 300 ms and keeps once', async () => {
    const { schedule, calls } = setUp()
    for (let key = 0; key < 5; key += 1) {
      schedule.touch('a.ts')
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(calls).toEqual([])
    await vi.advanceTimersByTimeAsync(200)
    expect(calls).toEqual(['a.ts'])
    await vi.advanceTimersByTimeAsync(5000)
    expect(calls).toEqual(['a.ts'])
  })

  it('never waits longer than the longest wait, however a person types', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 290 }), { minLength: 20, maxLength: 60 }), async gaps => {
        const { schedule, calls } = setUp()
        let waited = 0
        for (const gap of gaps) {
          schedule.touch('a.ts')
          await vi.advanceTimersByTimeAsync(gap)
          waited = schedule.isWaiting('a.ts') ? waited + gap : 0
          expect(waited).toBeLessThanOrEqual(2000)
        }
        if (gaps.reduce((sum, gap) => sum + gap, 0) > 2300) expect(calls.length).toBeGreaterThan(0)
        await schedule.cancel('a.ts')
      }),
      { numRuns: 25 },
    )
  })

  it('calls at once on a flush, in the same turn', () => {
    const { schedule, calls } = setUp()
    schedule.touch('a.ts')
    schedule.touch('b.ts')
    void schedule.flush()
    expect(calls.toSorted()).toEqual(['a.ts', 'b.ts'])
  })

  it('keeps nothing for what was cancelled, and waits for what is on its way', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { schedule, calls } = setUp(() => promise)
    schedule.touch('a.ts')
    await vi.advanceTimersByTimeAsync(300)
    let isOver = false
    const cancelled = schedule.cancel('a.ts').then(() => (isOver = true))
    await vi.advanceTimersByTimeAsync(1000)
    expect([calls, isOver]).toEqual([['a.ts'], false])
    resolve()
    await cancelled
    expect(isOver).toBe(true)
  })

  it('tells of a failure and of the success after it', async () => {
    let isFull = true
    const { schedule, outcomes } = setUp(() => (isFull ? Promise.reject(new Error('full')) : Promise.resolve()))
    schedule.touch('a.ts')
    await vi.advanceTimersByTimeAsync(300)
    isFull = false
    schedule.touch('a.ts')
    await vi.advanceTimersByTimeAsync(300)
    expect(outcomes).toEqual([['a.ts', new Error('full')], ['a.ts', null]])
  })

  it('waits longer for a heavy text', async () => {
    const { schedule, calls } = setUp()
    schedule.touch('big.txt', 5)
    await vi.advanceTimersByTimeAsync(1400)
    expect(calls).toEqual([])
    await vi.advanceTimersByTimeAsync(200)
    expect(calls).toEqual(['big.txt'])
  })
})
