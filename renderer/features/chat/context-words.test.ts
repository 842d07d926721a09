import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { budgetWords, droppedWords, durationWords, fileName, rangeWords, shortCount, speedWords } from './context-words.ts'

describe('words for the context', () => {
  it('shortens counts', () => {
    expect([0, 999, 1000, 3140, 8000, 9949, 9950, 12_400, 131_072].map(shortCount)).toEqual(['0', '999', '1k', '3.1k', '8k', '9.9k', '10k', '12k', '131k'])
    expect(budgetWords(3140, 8000)).toBe('3.1k of 8k tokens')
  })

  it('never reads as less than half or more than double', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 10_000_000 }), count => {
        const shown = Number.parseFloat(shortCount(count)) * 1000
        expect(Math.abs(shown - count) / count).toBeLessThan(0.06)
      }),
    )
  })

  it('says which lines go', () => {
    expect(rangeWords({ kind: 'selection', startLine: 7, endLine: 10, totalLines: 300 })).toBe('lines 7–10')
    expect(rangeWords({ kind: 'selection', startLine: 7, endLine: 7, totalLines: 300 })).toBe('line 7')
    expect(rangeWords({ kind: 'file', startLine: 10, endLine: 48, totalLines: 300 })).toBe('lines 10–48 of 300')
    expect(rangeWords({ kind: 'file', startLine: 1, endLine: 300, totalLines: 300 })).toBe('')
  })

  it('says times, speeds and dropped turns', () => {
    expect([1234, 9949, 9951, 59_999, 60_000, 185_000].map(durationWords)).toEqual(['1.2 s', '9.9 s', '9 s', '59 s', '1 min 00 s', '3 min 05 s'])
    expect([4.26, 41.4].map(speedWords)).toEqual(['4.3 tokens/s', '41 tokens/s'])
    expect([1, 4].map(droppedWords)).toEqual(['1 older turn no longer fits and is left out', '4 older turns no longer fit and are left out'])
    expect(fileName('src/a/b.ts')).toBe('b.ts')
  })
})
