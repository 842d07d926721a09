import type { ContextInput } from '#shared/contract/chat.ts'
import { fence, languageOf, pathInText } from './fence.ts'

/** Lines of an attachment that go to the model, counted from 1 in the file; `endLine` is the last. */
export interface LineRange {
  startLine: number
  endLine: number
}

export function linesOf(input: Pick<ContextInput, 'text'>): string[] {
  const lines = input.text.split('\n')
  // The line end of the last line opens no other.
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines
}

export function wholeRange(input: ContextInput): LineRange {
  return { startLine: input.startLine, endLine: input.startLine + linesOf(input).length - 1 }
}

/** An attachment as the model reads it: where it stands, and its lines in a fence. */
export function attachmentText(input: ContextInput, { startLine, endLine }: LineRange): string {
  const lines = linesOf(input).slice(startLine - input.startLine, endLine - input.startLine + 1)
  const place = startLine === endLine ? `line ${startLine} of ${input.totalLines}` : `lines ${startLine}–${endLine} of ${input.totalLines}`
  return `${pathInText(input.path)}, ${place}:\n${fence(lines.join('\n'), languageOf(input.path))}`
}

