import { describe, expect, it } from 'vitest'
import { spokenSentences } from './spoken-sentences.ts'

describe('spoken sentences', () => {
  it('waits for the end of a sentence', () => {
    expect(spokenSentences('Round once', 0, false)).toEqual({ words: '', next: 0 })
    expect(spokenSentences('Round **once**. Then', 0, false)).toEqual({ words: 'Round once.', next: 15 })
    expect(spokenSentences('Round **once**. Then', 15, true)).toEqual({ words: 'Then', next: 20 })
  })

  it('says that there is code instead of reading it', () => {
    const text = 'Like this:\n```ts\nconst a = 1. + 2\n```\nDone. '
    expect(spokenSentences(text, 0, true).words).toBe('Like this: Code block. Done.')
    expect(spokenSentences('```ts\nconst a = 1. \nb', 0, false)).toEqual({ words: '', next: 0 })
  })
})
