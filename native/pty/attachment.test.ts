import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Attachment, inFlightLimitBytes } from './attachment.ts'
import type { PtyOutput } from './contract.ts'

const snapshot = { type: 'snapshot' as const, replay: '\x1bc', position: 10, columns: 80, rows: 24 }

function attach(onRoom: () => void = () => undefined) {
  const attachment = new Attachment(snapshot, onRoom)
  const controller = new AbortController()
  const seen: PtyOutput[] = []
  const done = (async () => {
    for await (const event of attachment.events(controller.signal)) seen.push(event)
  })()
  return { attachment, controller, seen, done, text: () => seen.map(event => (event.type === 'data' ? event.data : '')).join('') }
}

describe('Attachment', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('begins with the snapshot and sends the first text at once, later text gathered', async () => {
    const { attachment, seen } = attach()
    await vi.advanceTimersByTimeAsync(0)
    attachment.push('a')
    await vi.advanceTimersByTimeAsync(0)
    expect(seen).toEqual([snapshot, { type: 'data', data: 'a', position: 11 }])
    attachment.push('b')
    await vi.advanceTimersByTimeAsync(3)
    attachment.push('c')
    await vi.advanceTimersByTimeAsync(3)
    expect(seen).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(3)
    expect(seen[2]).toEqual({ type: 'data', data: 'bc', position: 13 })
  })

  it('sends the last text too where time goes on between two looks at the clock', async () => {
    let clock = 0
    const now = vi.spyOn(performance, 'now').mockImplementation(() => (clock += 3))
    const { attachment, text } = attach()
    attachment.push('a')
    await vi.advanceTimersByTimeAsync(0)
    attachment.push('b')
    await vi.advanceTimersByTimeAsync(20)
    now.mockRestore()
    expect(text()).toBe('ab')
  })

  it('sends no more than 128 kB before it is acknowledged, and asks for a rest meanwhile', async () => {
    let room = 0
    const { attachment, text } = attach(() => room++)
    for (let index = 0; index < 200; index++) attachment.push('x'.repeat(1024))
    await vi.advanceTimersByTimeAsync(1000)
    expect(text().length).toBe(inFlightLimitBytes)
    expect(attachment.isFull).toBe(true)
    expect(room).toBe(0)
    attachment.acknowledge(10 + 64 * 1024)
    await vi.advanceTimersByTimeAsync(1000)
    expect(text().length).toBe(192 * 1024)
    expect(attachment.hasRoom).toBe(true)
    expect(room).toBeGreaterThan(0)
  })

  it('ends after the last text, also when that waits for an acknowledgement', async () => {
    const { attachment, done, seen, text } = attach()
    attachment.push('y'.repeat(150 * 1024))
    attachment.end({ type: 'exit', code: 3, signal: null })
    await vi.advanceTimersByTimeAsync(100)
    expect(seen.at(-1)?.type).toBe('data')
    attachment.acknowledge(1e9)
    await done
    expect(text().length).toBe(150 * 1024)
    expect(seen.at(-1)).toEqual({ type: 'exit', code: 3, signal: null })
  })

  it('stops when its reader leaves', async () => {
    const { controller, done } = attach()
    await vi.advanceTimersByTimeAsync(0)
    controller.abort()
    await done
  })

  it('for any output and any acknowledgements: never over the limit, nothing lost, order kept, characters whole', async () => {
    const output = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.constantFrom('日本語'.repeat(9000), 'x'.repeat(40_000), '👋'.repeat(20_000)))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ text: output, acknowledgeShare: fc.double({ min: 0, max: 1, noNaN: true }), rest: fc.integer({ min: 0, max: 20 }) }), { maxLength: 25 }), async steps => {
        const { attachment, seen, text, done } = attach()
        let pushed = ''
        let acknowledged = 10
        const check = (): void => {
          let position = 10
          let inFlight = 0
          for (const event of seen) {
            if (event.type !== 'data') continue
            position += event.data.length
            expect(event.position).toBe(position)
            expect(event.data.isWellFormed()).toBe(true)
            if (position > acknowledged) inFlight += Buffer.byteLength(event.data)
          }
          expect(inFlight).toBeLessThanOrEqual(inFlightLimitBytes)
        }
        for (const step of steps) {
          pushed += step.text
          attachment.push(step.text)
          await vi.advanceTimersByTimeAsync(step.rest)
          check()
          const sent = 10 + text().length
          acknowledged = Math.floor(acknowledged + (sent - acknowledged) * step.acknowledgeShare)
          attachment.acknowledge(acknowledged)
        }
        attachment.end({ type: 'exit', code: 0, signal: null })
        for (let turn = 0; turn < 200 && seen.at(-1)?.type !== 'exit'; turn++) {
          await vi.advanceTimersByTimeAsync(20)
          attachment.acknowledge((acknowledged = 10 + text().length))
        }
        await done
        expect(text() === pushed).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})
