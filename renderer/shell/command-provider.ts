import { runCommand, useCommands } from './commands.ts'
import { orderCommands } from './palette-order.ts'
import { registerPickProvider } from './quick-pick.ts'
import { reportFailure } from './report-failure.ts'
import { shownKey } from './shown-key.ts'

/** The `>` mode of the command field: every command with its key, and why one cannot run. */
export function registerCommandProvider(): void {
  registerPickProvider({
    id: 'commands',
    prefix: '>',
    title: 'Commands',
    placeholder: 'Search commands',
    emptyText: 'No command matches.',
    find(query) {
      const { commands, recent } = useCommands.getState()
      const ordered = orderCommands(commands.values(), recent, query)
      return {
        items: ordered.map(({ command, matches, isRecent }) => {
          const keys = shownKey(command)
          const verdict = command.canRun?.() ?? true
          return {
            id: command.id,
            label: command.title,
            matches,
            ...(command.icon ? { icon: command.icon } : {}),
            ...(keys ? { keys } : {}),
            ...(query.trim() === '' ? { group: isRecent ? 'Recently used' : command.category } : { detail: command.category }),
            ...(verdict === true ? {} : { disabledReason: verdict }),
            run: () => {
              runCommand(command.id).catch(reportFailure)
            },
          }
        }),
      }
    },
  })
}
