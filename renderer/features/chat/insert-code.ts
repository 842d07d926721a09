import { client } from '../../rpc/client.ts'
import { useActiveEditor } from '../../shell/active-editor.ts'
import { reportFailure } from '../../shell/report-failure.ts'

/** Puts code of an answer at the cursor of the editor in front; the audit log hears of it by path and length. */
export function insertCode(code: string): void {
  const { editor } = useActiveEditor.getState()
  if (!editor) return
  editor.insertAtCursor(code)
  client.audit.recordInsertion({ source: 'chat', path: editor.path, lines: code.split('\n').length, characters: code.length }).catch(reportFailure)
}
