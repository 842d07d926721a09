import type { Token } from 'node-llama-cpp'
import { describe, expect, it } from 'vitest'
import { GuessCount, lookup, mostGuesses } from './speculation.ts'

const tokens = (...numbers: number[]): Token[] => numbers as Token[]
const guess = (read: Token[], last: number, most = 4) => lookup.guess(read, last as Token, most, new AbortController().signal)

describe('lookup', () => {
  it('goes on as it went on after the same tokens before', () => {
    expect(guess(tokens(1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3), 4)).toEqual([5, 6, 7, 8])
    expect(guess(tokens(1, 2, 3, 4, 5, 9, 2, 3), 4, 1)).toEqual([5])
  })

  it('takes the longest match, and of equal ones the last', () => {
    expect(guess(tokens(7, 1, 2, 3, 4, 8, 1, 2, 3, 5, 7, 1, 2), 3, 1)).toEqual([4])
    expect(guess(tokens(1, 2, 3, 4, 1, 2, 3, 5, 9, 1, 2), 3, 1)).toEqual([5])
  })

  it('guesses nothing from what may be chance', () => {
    expect(guess(tokens(1, 2, 3, 4, 5, 9, 3), 4)).toEqual([])
    expect(guess([], 4)).toEqual([])
  })

  it('goes on through what repeats itself up to its end', () => {
    expect(guess(tokens(1, 1, 1, 1), 1, 3)).toEqual([1])
  })
})

describe('GuessCount', () => {
  it('guesses more while all are right, up to a bound, and as many as were right after', () => {
    const count = new GuessCount()
    expect(count.next()).toBe(4)
    for (let step = 0; step < 5; step++) count.took(count.next(), count.next())
    expect(count.next()).toBe(mostGuesses)
    count.took(16, 5)
    expect(count.next()).toBe(6)
  })

  it('rests longer each time that none was right', () => {
    const count = new GuessCount()
    const rest = (): number => {
      let passed = 0
      while (count.next() === 0) passed++
      return passed
    }
    count.took(4, 0)
    expect(rest()).toBe(2)
    count.took(1, 0)
    expect(rest()).toBe(4)
    count.took(1, 1)
    count.took(2, 0)
    expect(rest()).toBe(2)
  })
})
