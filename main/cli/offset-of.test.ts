import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { offsetOf } from './offset-of.ts'
import { UsageError } from './usage-error.ts'

const text = 'one\ntwo\n\nfour'
const place = (line: number, column: number, its = text): number => offsetOf({ path: 'a.ts', text: its, line, column })

function refusal(line: number, column: number, its = text): unknown {
  try {
    return place(line, column, its)
  } catch (error) {
    return error instanceof UsageError ? Object.values(error.text).join(' ') : error
  }
}

describe('a place in a text', () => {
  test.each([[1, 1, 0], [2, 2, 5], [2, 4, 7], [3, 1, 8], [4, 5, 13]])('line %d, column %d is index %d', (line, column, index) => {
    expect(place(line, column)).toBe(index)
  })

  test('may be the one after the last line break', () => {
    expect(place(2, 1, 'one\n')).toBe(4)
    expect(place(1, 1, '')).toBe(0)
  })

  test('lies before the carriage return of its line', () => {
    expect(place(1, 4, 'one\r\ntwo')).toBe(3)
    expect(place(2, 1, 'one\r\ntwo')).toBe(5)
    expect(refusal(1, 5, 'one\r\ntwo')).toContain('has 3 characters.')
  })

  test.each([
    [900, 1, text, 'There is no line 900. “a.ts” has 4 lines. Give a line from 1 to 4.'],
    [900, 1, 'one\ntwo\n', 'There is no line 900. “a.ts” has 2 lines. Give a line from 1 to 2, or 3 for the place after the last line.'],
    [2, 1, 'one', 'There is no line 2. “a.ts” has 1 line. Give a line from 1 to 1.'],
    [2, 99, text, 'Line 2 has no column 99. That line of “a.ts” has 3 characters. Give a column from 1 to 4.'],
    [3, 2, text, 'Line 3 has no column 2. That line of “a.ts” has 0 characters. Give column 1.'],
  ])('line %d, column %d of %j is refused with what there is', (line, column, its, words) => {
    expect(refusal(line, column, its)).toBe(words)
  })

  test('is every index of a text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', ' ', '\n'), { maxLength: 30 }), fc.nat(), (signs, some) => {
        const its = signs.join('')
        const index = some % (its.length + 1)
        const before = its.slice(0, index).split('\n')
        expect(place(before.length, (before.at(-1) ?? '').length + 1, its)).toBe(index)
      }),
    )
  })
})
