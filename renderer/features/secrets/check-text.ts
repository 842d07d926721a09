import { client } from '../../rpc/client.ts'
import { useActiveEditor } from '../../shell/active-editor.ts'
import { useCheck, type CheckedText } from './secrets-store.ts'

/** Looks through the selection, or the whole file where nothing is selected, and shows what would be masked. */
export async function checkActiveText(): Promise<void> {
  const { editor } = useActiveEditor.getState()
  if (!editor) return
  const selection = editor.readSelection()
  const text = selection?.text ?? editor.readText()
  const where = selection ? `lines ${selection.startLine} to ${selection.endLine} of ${editor.path}` : editor.path
  useCheck.setState({ checked: await check(where, text) })
}

export async function check(title: string, text: string): Promise<CheckedText> {
  const { findings, count } = await client.redaction.test({ text })
  return { title, text, findings, count }
}
