import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeWindow, type Rectangle } from './window-bounds.ts'

const laptop: Rectangle = { x: 0, y: 25, width: 1440, height: 875 }
const beside: Rectangle = { x: 1440, y: 0, width: 1920, height: 1080 }
const place = (x: number, y: number, width: number, height: number, isMaximized = false) => ({ bounds: { x, y, width, height }, isMaximized })

describe('where the window opens', () => {
  it.each([[undefined], [null], ['x'], [{}], [{ bounds: { x: 0.5, y: 0, width: 1, height: 1 }, isMaximized: false }], [{ bounds: { x: 1e9, y: 0, width: 900, height: 700 }, isMaximized: false }]])('is centred when %j was kept', saved => {
    expect(placeWindow(saved, [beside])).toEqual(place(1680, 90, 1440, 900))
  })

  it('is where it was, on any display', () => {
    expect(placeWindow(place(100, 80, 1000, 700), [laptop, beside])).toEqual(place(100, 80, 1000, 700))
    expect(placeWindow(place(1500, 20, 1000, 700, true), [laptop, beside])).toEqual(place(1500, 20, 1000, 700, true))
  })

  it('comes back to the first display when its own has gone', () => {
    expect(placeWindow(place(1500, 20, 1000, 700), [laptop])).toEqual(place(220, 113, 1000, 700))
  })

  it('keeps a part off screen only while its top edge can be reached', () => {
    expect(placeWindow(place(1300, 100, 1000, 700), [laptop])).toEqual(place(1300, 100, 1000, 700))
    expect(placeWindow(place(1400, 100, 1000, 700), [laptop])).toEqual(place(220, 113, 1000, 700))
    expect(placeWindow(place(100, 890, 1000, 700), [laptop]).bounds.y).toBeLessThan(200)
  })

  it('shrinks to the display and never below the least size', () => {
    expect(placeWindow(place(0, 25, 5000, 4000), [laptop]).bounds).toMatchObject({ width: 1440, height: 875 })
    expect(placeWindow(place(10, 30, 130, 40), [laptop]).bounds).toMatchObject({ width: 480, height: 400 })
  })

  it('can always be dragged, whatever was kept and whatever displays there are', () => {
    const number = fc.integer({ min: -5000, max: 5000 })
    const area = fc.record({ x: number, y: number, width: fc.integer({ min: 640, max: 4000 }), height: fc.integer({ min: 480, max: 3000 }) })
    fc.assert(
      fc.property(fc.record({ bounds: fc.record({ x: number, y: number, width: number, height: number }), isMaximized: fc.boolean() }), fc.array(area, { minLength: 1, maxLength: 3 }), (saved, areas) => {
        const [first, ...others] = areas
        if (!first) return
        const { bounds } = placeWindow(saved, [first, ...others])
        expect(areas.some(one => Math.min(bounds.x + bounds.width, one.x + one.width) - Math.max(bounds.x, one.x) >= 120 && bounds.y >= one.y && bounds.y + 32 <= one.y + one.height)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
