import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RateWindow } from './rate-window.ts'

const limits = (requestsPerMinute: number | null, tokensPerMinute: number | null) => ({ requestsPerMinute, tokensPerMinute })

describe('RateWindow', () => {
  it('has room again a minute after the oldest call', () => {
    const window = new RateWindow()
    expect(window.take(limits(2, null), 0, 0)).toMatchObject({ at: 0 })
    expect(window.take(limits(2, null), 0, 20_000)).toMatchObject({ at: 20_000 })
    expect(window.take(limits(2, null), 0, 30_000)).toEqual({ of: 'requests', limit: 2, retryMilliseconds: 30_000 })
    expect(window.take(limits(2, null), 0, 60_000)).toMatchObject({ at: 60_000 })
    expect(window.take(limits(2, null), 0, 60_001)).toEqual({ of: 'requests', limit: 2, retryMilliseconds: 19_999 })
  })

  it('counts what calls turned out to cost', () => {
    const window = new RateWindow()
    const use = window.take(limits(null, 100), 10, 0)
    if ('of' in use) throw new Error('There was room')
    expect(window.take(limits(null, 100), 10, 1000)).toMatchObject({ tokens: 10 })
    use.tokens = 95
    expect(window.take(limits(null, 100), 1, 2000)).toEqual({ of: 'tokens', limit: 100, retryMilliseconds: 58_000 })
  })

  it('answers one prompt that is larger than the limit, and then waits', () => {
    const window = new RateWindow()
    expect(window.take(limits(null, 10), 500, 0)).toMatchObject({ tokens: 500 })
    expect(window.take(limits(null, 10), 1, 1)).toMatchObject({ of: 'tokens' })
  })

  it('never lets more calls through in any minute, and never says to come back too late', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (pauses, limit) => {
        const window = new RateWindow()
        const taken: number[] = []
        let now = 0
        for (const pause of pauses) {
          now += pause
          const result = window.take(limits(limit, null), 0, now)
          if ('of' in result) expect(result.retryMilliseconds).toBeLessThanOrEqual(60_000)
          else taken.push(now)
          expect(taken.filter(at => now - at < 60_000).length).toBeLessThanOrEqual(limit)
        }
      }),
    )
  })
})
