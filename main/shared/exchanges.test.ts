import { describe, expect, it } from 'vitest'
import { exchangesOf } from './exchanges.ts'

const question = (text: string) => ({ role: 'user' as const, text })
const answer = (text: string) => ({ role: 'assistant' as const, text })

describe('exchangesOf', () => {
  it('pairs each question with its answer and leaves out what has none', () => {
    expect(exchangesOf([question('a'), answer('1'), question('b'), answer(''), question('c'), question('d'), answer('4'), question('e')])).toEqual([
      { question: question('a'), answer: answer('1') },
      { question: question('d'), answer: answer('4') },
    ])
    expect(exchangesOf([])).toEqual([])
  })
})
