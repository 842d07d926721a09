import type { ContextInput, InvisibleNote } from '#shared/contract/chat.ts'
import { findInvisible } from '#shared/invisible-characters.ts'
import { invisibleDetail } from '#shared/invisible-words.ts'
import { linesOf, type LineRange } from './attachment-text.ts'

/** What cannot be seen in the lines that go to the model; nothing where there is nothing. */
export function invisibleIn(input: ContextInput, { startLine, endLine }: LineRange): { invisible?: InvisibleNote } {
  const lines = linesOf(input).slice(startLine - input.startLine, endLine - input.startLine + 1)
  const report = findInvisible(lines.join('\n'))
  if (report.count === 0) return {}
  const findings = report.findings.map(finding => ({ ...finding, line: finding.line + startLine - 1 }))
  return { invisible: { count: report.count, detail: invisibleDetail({ ...report, findings }) } }
}
