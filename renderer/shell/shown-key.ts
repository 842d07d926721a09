import { isDesktop } from '../rpc/connect-desktop.ts'
import { isMac } from '../ui/key-label.ts'
import { useCommands } from './commands.ts'
import type { Command } from './feature.ts'

/** What a browser never hands to a page; the desktop window has no such keys. */
const browserKeeps = new Set(['Ctrl+W', 'Ctrl+T', 'Ctrl+N', 'Ctrl+Shift+W', 'Ctrl+Shift+T', 'Ctrl+Shift+N', 'Ctrl+Tab', 'Ctrl+Shift+Tab', ...(isMac ? [] : ['Ctrl+PageUp', 'Ctrl+PageDown'])])

/** The first of a command's keys that works in this window. */
export function shownKey(command: Pick<Command, 'keys'> | undefined, inBrowser = !isDesktop()): string | undefined {
  return command?.keys?.find(keys => !inBrowser || !browserKeeps.has(keys)) ?? command?.keys?.[0]
}

export function shownKeyOf(id: string): string | undefined {
  return shownKey(useCommands.getState().commands.get(id))
}
