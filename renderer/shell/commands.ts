import { create } from 'zustand'
import type { Command } from './feature.ts'
import { dropPageFocus } from './page-focus.ts'

interface CommandState {
  commands: ReadonlyMap<string, Command>
  /** Ids, most recently run first. */
  recent: readonly string[]
}

export const useCommands = create<CommandState>(() => ({ commands: new Map(), recent: [] }))

export function registerCommands(commands: readonly Command[]): void {
  useCommands.setState(state => ({ commands: new Map([...state.commands, ...commands.map(command => [command.id, command] as const)]) }))
}

export type CommandOutcome = { hasRun: true } | { hasRun: false; reason: string }

/** Runs a command by its id: the one way in which features call each other. */
export async function runCommand(id: string, argument?: unknown): Promise<CommandOutcome> {
  const command = useCommands.getState().commands.get(id)
  if (!command) return { hasRun: false, reason: `There is no command ${id}.` }
  const verdict = command.canRun?.() ?? true
  if (verdict !== true) return { hasRun: false, reason: verdict }
  dropPageFocus()
  if (command.isInPalette !== false) useCommands.setState(state => ({ recent: [id, ...state.recent.filter(other => other !== id)].slice(0, 20) }))
  await command.run(argument)
  return { hasRun: true }
}
