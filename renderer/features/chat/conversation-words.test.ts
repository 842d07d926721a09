import { describe, expect, it } from 'vitest'
import { matchesTitle, whenWords } from './conversation-words.ts'

describe('conversation words', () => {
  it('says when, as short as it can', () => {
    const now = new Date(2026, 10, 21, 15, 0)
    expect(whenWords(new Date(2026, 10, 21, 9, 5), now)).toBe('09:05')
    expect(whenWords(new Date(2026, 10, 20, 22, 0), now)).toBe('Fri')
    expect(whenWords(new Date(2026, 2, 3), now)).toBe('3 Mar')
    expect(whenWords(new Date(2025, 2, 3), now)).toBe('3 Mar 2025')
  })

  it('finds titles by words in any order', () => {
    expect(matchesTitle('Rounding half to even', 'even round')).toBe(true)
    expect(matchesTitle('Rounding half to even', 'odd')).toBe(false)
    expect(matchesTitle('Anything', '  ')).toBe(true)
  })
})
