import { describe, expect, it } from 'vitest'
import { isCancelledWork } from './cancelled-work.ts'

describe('work that Monaco gave up', () => {
  it("is known by Monaco's own mark, and nothing else is taken for it", () => {
    const own = Object.assign(new Error('Canceled'), { name: 'Canceled' })
    expect(isCancelledWork(own)).toBe(true)
    for (const other of [new Error('Canceled'), Object.assign(new Error('The disk is full'), { name: 'Canceled' }), new DOMException('stopped', 'AbortError'), 'Canceled', null, undefined]) {
      expect(isCancelledWork(other)).toBe(false)
    }
  })
})
