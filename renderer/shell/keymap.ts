import { isMac } from '../ui/key-label.ts'
import { runCommand, useCommands } from './commands.ts'
import type { Command } from './feature.ts'
import { belongsToTerminal, matchesBinding, parseBinding, type KeyStroke } from './key-binding.ts'
import { reportFailure } from './report-failure.ts'

const terminalScope = 'terminal'

/** The command a stroke means where focus is; scopes are listed from the inside out. A scoped command goes before one for everywhere. */
export function commandForStroke(commands: Iterable<Command>, stroke: KeyStroke, scopes: readonly string[], mac: boolean): Command | null {
  let found: { command: Command; rank: number } | null = null
  for (const command of commands) {
    const rank = command.keyScope === undefined ? scopes.length : scopes.indexOf(command.keyScope)
    if (rank < 0 || (found && found.rank <= rank)) continue
    const isTaken = (command.keys ?? []).some(keys => {
      const binding = parseBinding(keys)
      if (command.keyScope === undefined && scopes.includes(terminalScope) && belongsToTerminal(binding, mac)) return false
      return matchesBinding(stroke, binding, mac)
    })
    if (isTaken) found = { command, rank }
  }
  return found?.command ?? null
}

function scopesOf(target: EventTarget | null): string[] {
  const scopes: string[] = []
  for (let element = target instanceof Element ? target.closest('[data-key-scope]') : null; element; element = element.parentElement?.closest('[data-key-scope]') ?? null) {
    const scope = element instanceof HTMLElement ? element.dataset['keyScope'] : undefined
    if (scope) scopes.push(scope)
  }
  return scopes
}

/** Listens for every binding, before Monaco and xterm see the key. Answers how to stop. */
export function startKeymap(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    // While text is composed, keys belong to the input method.
    if (event.isComposing || event.defaultPrevented) return
    const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event
    const stroke = { key, code, ctrlKey, metaKey, altKey, shiftKey, isAltGraph: event.getModifierState('AltGraph') }
    const command = commandForStroke(useCommands.getState().commands.values(), stroke, scopesOf(event.target), isMac)
    if (!command) return
    // An open dialog is modal: only what belongs to it answers to keys.
    if (document.querySelector('[data-modal][data-state=open]') && !command.worksInDialogs) return
    event.preventDefault()
    event.stopPropagation()
    if (!event.repeat || command.repeats) runCommand(command.id).catch(reportFailure)
  }
  window.addEventListener('keydown', onKeyDown, true)
  return () => window.removeEventListener('keydown', onKeyDown, true)
}
