import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanPaste, isRiskyPaste, pasteLines } from './paste.ts'

describe('paste', () => {
  it('takes control characters out and keeps text, tabs and lines', () => {
    expect(cleanPaste('ls\u001b[201~\r\nrm\u0003 -rf\tx\u009b')).toBe('ls[201~\nrm -rf\tx')
    expect(cleanPaste('naïve 日本 😀')).toBe('naïve 日本 😀')
  })

  it('never lets an escape through', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(cleanPaste(text))))
  })

  it('asks about more than one line, and about one that would run at once', () => {
    expect(['ls', 'ls\n', 'a\nb'].map(isRiskyPaste)).toEqual([false, true, true])
    expect(['ls', 'ls\n', 'a\nb\n'].map(pasteLines)).toEqual([1, 1, 2])
  })
})
