import { askText } from '../../shell/ask.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { renameTerminal, useTerminals } from './terminals-store.ts'

export function askName(id: string): void {
  const title = useTerminals.getState().terminals?.find(terminal => terminal.id === id)?.title ?? ''
  askText({
    title: 'Rename terminal',
    label: 'Name',
    initialText: title,
    confirmLabel: 'Rename',
    check: text => (text.trim() === '' ? 'Give it a name.' : text.trim().length > 100 ? 'At most 100 characters.' : null),
  })
    .then(name => (name === null || name.trim() === title ? undefined : renameTerminal(id, name.trim())))
    .catch(reportFailure)
}
