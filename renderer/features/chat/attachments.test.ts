import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attachmentsFor, countLines, linesAround, selectionOf } from './attachments.ts'

const editor = {
  path: 'src/a.ts',
  cursor: { line: 2, column: 1 },
  totalLines: 3,
  selection: { startLine: 2, endLine: 3, text: 'b\nc' },
  readText: () => 'a\nb\nc',
}
const choice = { hasFile: true, removedSelection: null, pinned: [] }

describe('attachments', () => {
  it('takes the open file and the selection, less what was removed', () => {
    expect(attachmentsFor(editor, choice).map(one => [one.key, one.input.startLine])).toEqual([['file', 1], ['src/a.ts:2-3', 2]])
    expect(attachmentsFor(editor, { ...choice, hasFile: false }).map(one => one.key)).toEqual(['src/a.ts:2-3'])
    expect(attachmentsFor(editor, { ...choice, removedSelection: 'src/a.ts:2-3' }).map(one => one.key)).toEqual(['file'])
    expect(attachmentsFor(editor, { ...choice, removedSelection: 'src/a.ts:1-2' }).map(one => one.key)).toEqual(['file', 'src/a.ts:2-3'])
    expect(attachmentsFor(null, choice)).toEqual([])
    expect(attachmentsFor({ ...editor, selection: { startLine: 1, endLine: 1, text: '  ' } }, choice).map(one => one.key)).toEqual(['file'])
  })

  it('does not send a pinned selection twice', () => {
    const pin = selectionOf(editor)
    if (!pin) throw new Error('there is a selection')
    expect(attachmentsFor(editor, { ...choice, pinned: [pin] }).map(one => one.key)).toEqual(['file', 'src/a.ts:2-3'])
    expect(attachmentsFor({ ...editor, selection: null }, { ...choice, pinned: [pin] }).map(one => one.input.text)).toEqual(['a\nb\nc', 'b\nc'])
  })

  it('counts the lines of a file as people do, whatever the editor last told', () => {
    const withEnd = { ...editor, totalLines: 4, readText: () => 'a\nb\nc\n' }
    expect(attachmentsFor(withEnd, choice)[0]?.input).toMatchObject({ startLine: 1, totalLines: 3 })
    expect(attachmentsFor({ ...withEnd, cursor: { line: 4, column: 1 } }, choice)[0]?.input.cursorLine).toBe(3)
    expect(['', '\n', 'a', 'a\n', 'a\nb', 'a\nb\n', 'a\n\n'].map(countLines)).toEqual([1, 1, 1, 1, 2, 2, 2])
  })

  it('cuts a large file to whole lines round the cursor', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 }).map(text => text.replace(/\n/g, '')), { minLength: 1, maxLength: 200 }), fc.nat(250), fc.integer({ min: 40, max: 500 }), (lines, at, limit) => {
        const text = lines.join('\n')
        const cut = linesAround(text, at, limit)
        expect(cut.text.length).toBeLessThanOrEqual(Math.max(limit, text.length <= limit ? text.length : 0))
        const kept = cut.text.split('\n')
        expect(lines.slice(cut.startLine - 1, cut.startLine - 1 + kept.length)).toEqual(kept)
        const line = Math.min(Math.max(1, at), lines.length)
        expect(cut.startLine).toBeLessThanOrEqual(line)
        expect(cut.startLine + kept.length).toBeGreaterThan(line)
      }),
    )
  })
})
