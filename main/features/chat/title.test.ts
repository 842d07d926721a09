import { describe, expect, it } from 'vitest'
import { titleOf } from './title.ts'

describe('titleOf', () => {
  it.each([
    ['Write a function', 'Write a function'],
    ['\n\n  # **Fix** the `parser`\nmore', 'Fix the parser'],
    ['- \n> quoted\ttext', 'quoted text'],
    ['   \n\t', 'New conversation'],
    ['```ts\ncode\n```\nexplain', 'code'],
  ])('of %j is %j', (prompt, title) => expect(titleOf(prompt)).toBe(title))

  it('is cut between words, and never longer than 60 characters', () => {
    const title = titleOf('word '.repeat(40))
    expect(title).toMatch(/^(word )+word…$/)
    expect([...title].length).toBeLessThanOrEqual(60)
    expect([...titleOf('👋'.repeat(100))]).toHaveLength(60)
  })
})
