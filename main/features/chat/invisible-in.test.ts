import { describe, expect, it } from 'vitest'
import { invisibleIn } from './invisible-in.ts'

describe('invisibleIn', () => {
  const input = { kind: 'file' as const, path: 'README.md', startLine: 10, totalLines: 20, text: 'plain\nhid\u200bden \u{e0068}\u{e0069}\nlast' }

  it('looks at the lines that go, and counts places in the file', () => {
    expect(invisibleIn(input, { startLine: 10, endLine: 12 })).toEqual({ invisible: { count: 3, detail: expect.stringMatching(/hidden letters: “hi”.*U\+200B at 11:4/) } })
    expect(invisibleIn(input, { startLine: 12, endLine: 12 })).toEqual({})
  })
})
