import { Button } from '../ui/button.tsx'
import { keyLabels } from '../ui/key-label.ts'
import { runCommand, useCommands } from './commands.ts'
import { reportFailure } from './report-failure.ts'

const shown = ['quickOpen.show', 'palette.show', 'chat.focus', 'terminals.create', 'layout.toggleSide']

/** The editor area without a tab: a handful of keys that open something. */
export function EmptyEditor() {
  const commands = useCommands(state => state.commands)
  const rows = shown.flatMap(id => commands.get(id) ?? [])
  return (
    <div className="grid h-full place-items-center overflow-auto p-6">
      <ul className="grid gap-1" aria-label="Ways to begin">
        {rows.map(command => (
          <li key={command.id}>
            <Button variant="quiet" className="w-72 justify-start font-normal" onClick={() => void runCommand(command.id).catch(reportFailure)}>
              <span className="flex-1 text-left text-13">{command.title}</span>
              <span className="flex gap-1">
                {command.keys?.[0] &&
                  keyLabels(command.keys[0]).map(label => (
                    <kbd key={label} className="min-w-5 rounded-small border border-line px-1 text-center font-sans text-11 text-faint">
                      {label}
                    </kbd>
                  ))}
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
