import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AcceptedText, type Acceptance } from './accepted-text.ts'

function setUp(fails = 0) {
  const told: Acceptance[] = []
  const accepted = new AcceptedText({
    record: async acceptance => {
      if (fails-- > 0) throw new Error('no connection')
      told.push(acceptance)
    },
  })
  const offer = (text: string, path = 'src/a.ts'): object => {
    const item = {}
    accepted.offer(item, { path, text })
    return item
  }
  return { accepted, told, offer }
}

describe('what was accepted of suggestions', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is told by path, lines and characters, later and together', async () => {
    const { accepted, told, offer } = setUp()
    accepted.accept(offer('one\ntwo'))
    accepted.accept(offer('three'))
    accepted.accept(offer('x', 'src/b.ts'))
    expect(told).toEqual([])
    await vi.advanceTimersByTimeAsync(2000)
    expect(told).toEqual([{ path: 'src/a.ts', lines: 3, characters: 12 }, { path: 'src/b.ts', lines: 1, characters: 1 }])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(told).toHaveLength(2)
  })

  it('counts words and lines that are accepted one by one once, and the rest with the whole', async () => {
    const { accepted, told, offer } = setUp()
    const item = offer('values.map(\n  double,\n)')
    accepted.accept(item, 7)
    accepted.accept(item, 12)
    accepted.accept(item, 12)
    accepted.accept(item)
    accepted.accept(item)
    accepted.flush()
    await vi.advanceTimersByTimeAsync(0)
    expect(told).toEqual([{ path: 'src/a.ts', lines: 3, characters: 23 }])
  })

  it('says nothing of what was not accepted, and knows only what it was offered', async () => {
    const { accepted, told, offer } = setUp()
    offer('never taken')
    accepted.accept({})
    await vi.advanceTimersByTimeAsync(60_000)
    expect(told).toEqual([])
  })

  it('tells again what could not be kept, with what came since', async () => {
    const { accepted, told, offer } = setUp(1)
    accepted.accept(offer('abc'))
    await vi.advanceTimersByTimeAsync(2000)
    expect(told).toEqual([])
    accepted.accept(offer('de'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told).toEqual([{ path: 'src/a.ts', lines: 2, characters: 5 }])
  })
})
