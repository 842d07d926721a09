import type { ContextInput } from '#shared/contract/chat.ts'
import type { ActiveEditor } from '../../shell/active-editor.ts'

/** Far more than any context holds: keeps a large file from crossing the wire at each move of the cursor. */
const FILE_CHARACTERS = 200_000
const SELECTION_CHARACTERS = 1_900_000

export interface Attachment {
  /** `file`, or the place of a selection. */
  key: string
  input: ContextInput
}

export interface AttachmentChoice {
  hasFile: boolean
  /** Key of the selection that the person took away; another one goes along again. */
  removedSelection: string | null
  pinned: readonly Attachment[]
}

type Source = Pick<ActiveEditor, 'path' | 'cursor' | 'selection' | 'totalLines' | 'readText'>

/** What goes with the next question, in the order of the chips. */
export function attachmentsFor(editor: Source | null, { hasFile, removedSelection, pinned }: AttachmentChoice): Attachment[] {
  const found: Attachment[] = []
  if (editor && hasFile) found.push({ key: 'file', input: fileInput(editor) })
  const live = editor ? selectionOf(editor) : null
  if (live && live.key !== removedSelection && !pinned.some(one => one.key === live.key)) found.push(live)
  return [...found, ...pinned]
}

/** The selection as it is now, to keep when it goes away. Null where nothing is selected. */
export function selectionOf({ path, selection, totalLines }: Source): Attachment | null {
  if (!selection || selection.text.trim() === '') return null
  return {
    key: `${path}:${selection.startLine}-${selection.endLine}`,
    input: { kind: 'selection', path, startLine: selection.startLine, totalLines: Math.max(1, totalLines), text: selection.text.slice(0, SELECTION_CHARACTERS) },
  }
}

function fileInput({ path, cursor, readText }: Source): ContextInput {
  const whole = readText()
  const lines = countLines(whole)
  const { text, startLine } = linesAround(whole, cursor.line, FILE_CHARACTERS)
  return { kind: 'file', path, startLine: Math.min(startLine, lines), totalLines: lines, cursorLine: Math.min(Math.max(1, cursor.line), lines), text }
}

/** An editor shows an empty line after the last line end; nobody counts it. */
export function countLines(text: string): number {
  let ends = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) ends += 1
  return Math.max(1, text.endsWith('\n') ? ends : ends + 1)
}

/** Whole lines round a line (from 1) that stay within a count of characters; a longer line is cut. */
export function linesAround(text: string, line: number, limit: number): { text: string; startLine: number } {
  if (text.length <= limit) return { text, startLine: 1 }
  const lines = text.split('\n')
  const middle = Math.min(Math.max(1, line), lines.length) - 1
  let first = middle
  let last = middle
  let size = (lines[middle]?.length ?? 0) + 1
  for (let isAbove = true, misses = 0; misses < 2; isAbove = !isAbove) {
    const candidate = lines[isAbove ? first - 1 : last + 1]
    if (candidate === undefined || size + candidate.length + 1 > limit) {
      misses += 1
      continue
    }
    misses = 0
    size += candidate.length + 1
    if (isAbove) first -= 1
    else last += 1
  }
  return { text: lines.slice(first, last + 1).join('\n').slice(0, limit), startLine: first + 1 }
}
