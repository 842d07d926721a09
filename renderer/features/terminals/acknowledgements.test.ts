import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAcknowledgements } from './acknowledgements.ts'

function byHand() {
  let waiting: (() => void) | null = null
  return {
    timer: {
      set: (run: () => void) => {
        waiting = run
        return 1
      },
      clear: () => {
        waiting = null
      },
    },
    frame: () => waiting?.(),
    isWaiting: () => waiting !== null,
  }
}

describe('acknowledgements', () => {
  it('gathers small pieces into one per frame and sends large ones at once', () => {
    const hand = byHand()
    const sent: number[] = []
    const acks = createAcknowledgements(100, position => sent.push(position), hand.timer)
    acks.shown(110)
    acks.shown(120)
    expect(sent).toEqual([])
    hand.frame()
    expect(sent).toEqual([120])
    acks.shown(120 + 16 * 1024)
    expect(sent).toEqual([120, 120 + 16 * 1024])
  })

  it('never goes back, never repeats, and after the last frame has said everything', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ step: fc.integer({ min: 0, max: 40_000 }), frame: fc.boolean() }), { maxLength: 60 }), steps => {
        const hand = byHand()
        const sent: number[] = []
        const acks = createAcknowledgements(0, position => sent.push(position), hand.timer)
        let position = 0
        for (const { step, frame } of steps) {
          position += step
          acks.shown(position)
          if (frame) hand.frame()
          expect(position - (sent.at(-1) ?? 0)).toBeLessThan(16 * 1024)
        }
        hand.frame()
        expect(sent.at(-1) ?? 0).toBe(position)
        expect(sent).toEqual([...new Set(sent)].sort((one, other) => one - other))
      }),
    )
  })

  it('says nothing after it was disposed', () => {
    const hand = byHand()
    const acks = createAcknowledgements(0, () => expect.unreachable(), hand.timer)
    acks.shown(5)
    acks.dispose()
    expect(hand.isWaiting()).toBe(false)
  })
})
