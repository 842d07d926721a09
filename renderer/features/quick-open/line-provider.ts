import { useActiveEditor } from '../../shell/active-editor.ts'
import { runCommand } from '../../shell/commands.ts'
import type { PickProvider } from '../../shell/quick-pick.ts'
import { reportFailure } from '../../shell/report-failure.ts'

/** `:12` goes to line 12 of the file in front. */
export const lineProvider: PickProvider = {
  id: 'line',
  prefix: ':',
  title: 'Line',
  placeholder: 'Line, or line:column',
  emptyText: 'Type the number of a line.',
  find: query => {
    const { editor } = useActiveEditor.getState()
    const match = /^(\d+)(?::(\d+))?$/.exec(query.trim())
    if (!editor) return { items: [], note: 'No file is in front.' }
    const note = `${editor.totalLines.toLocaleString('en')} lines; the cursor stands in line ${editor.cursor.line.toLocaleString('en')}`
    if (!match) return { items: [], note }
    const line = Math.min(Math.max(1, Number(match[1])), editor.totalLines)
    const column = match[2] ? Math.max(1, Number(match[2])) : 1
    const label = `Go to line ${line.toLocaleString('en')}${match[2] ? `, column ${column.toLocaleString('en')}` : ''}`
    return { items: [{ id: 'line', label, run: () => void runCommand('editor.open', { path: editor.path, line, column }).catch(reportFailure) }], note }
  },
}
