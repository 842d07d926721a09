import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ghostEdit, opensLessThanItCloses } from './ghost-range.ts'

describe('fitting a suggestion to its line', () => {
  it('replaces a bracket that the editor closed by itself', () => {
    expect(ghostEdit('n: number): number {\n  return n\n}', ')')).toEqual({ text: 'n: number): number {\n  return n\n}', replaceAfter: 1 })
  })

  it('goes before a bracket that it does not close', () => {
    expect(ghostEdit('net, rate', ')')).toEqual({ text: 'net, rate', replaceAfter: 0 })
    expect(ghostEdit('round(net)', ')')).toEqual({ text: 'round(net)', replaceAfter: 0 })
  })

  it('does not write the rest of the line twice', () => {
    expect(ghostEdit('net * rate, 0)', ', 0)')).toEqual({ text: 'net * rate, 0)', replaceAfter: 4 })
  })

  it('carries the rest of the line to the end of several lines', () => {
    expect(ghostEdit('{\n  a\n}', ' // note')).toEqual({ text: '{\n  a\n} // note', replaceAfter: 8 })
  })

  it('says nothing when there is nothing to see', () => {
    expect(ghostEdit(' \n ', '')).toBeNull()
  })

  it('always reaches the end of the line with several lines, and never loses what stands there', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string().filter(text => !text.includes('\n') && !text.includes('\r')), (text, rest) => {
        const edit = ghostEdit(text, rest)
        if (!edit) return
        if (edit.text.includes('\n')) expect(edit.replaceAfter).toBe(rest.length)
        const kept = [...rest.slice(0, edit.replaceAfter).trimEnd()]
        let at = 0
        for (const sign of edit.text) if (sign === kept[at]) at += 1
        expect(at).toBe(kept.length)
      }),
    )
  })

  it('counts brackets', () => {
    expect(opensLessThanItCloses('a)', ')')).toBe(true)
    expect(opensLessThanItCloses('f(a)', ')')).toBe(false)
    expect(opensLessThanItCloses('a])', '])')).toBe(true)
  })
})
