import { Keys } from '../ui/keys.tsx'
import { runCommand, useCommands } from './commands.ts'
import type { Command } from './feature.ts'
import { reportFailure } from './report-failure.ts'
import { shownKey } from './shown-key.ts'

const shown = ['quickOpen.show', 'palette.show', 'chat.focus', 'terminals.focus', 'settings.open']

/** The editor area without a tab: a handful of ways to begin, with their keys. */
export function EmptyEditor() {
  const commands = useCommands(state => state.commands)
  return (
    <div className="grid h-full place-items-center overflow-auto p-6">
      <ul className="w-full max-w-72" aria-label="Ways to begin">
        {shown
          .flatMap(id => commands.get(id) ?? [])
          .map(command => (
            <li key={command.id}>
              <button
                type="button"
                onClick={() => void runCommand(command.id).catch(reportFailure)}
                className="flex h-8 w-full items-center gap-4 rounded-control px-3 text-left text-muted hover:bg-hover hover:text-text"
              >
                <span className="min-w-0 flex-1 truncate">{command.title}</span>
                <ShownKeys command={command} />
              </button>
            </li>
          ))}
      </ul>
    </div>
  )
}

function ShownKeys({ command }: { command: Command }) {
  const binding = shownKey(command)
  return binding && <Keys binding={binding} />
}
