type Role =
  | 'about' | 'services' | 'hide' | 'hideOthers' | 'unhide' | 'quit' | 'close' | 'undo' | 'redo' | 'cut' | 'copy' | 'paste' | 'selectAll'
  | 'resetZoom' | 'zoomIn' | 'zoomOut' | 'togglefullscreen' | 'minimize' | 'zoom' | 'front' | 'toggleDevTools' | 'reload'

export type MenuEntry = { kind: 'separator' } | { kind: 'role'; role: Role } | { kind: 'command'; label: string; keys: string }
export interface MenuColumn {
  label: string
  entries: MenuEntry[]
}

const separator: MenuEntry = { kind: 'separator' }
const role = (name: Role): MenuEntry => ({ kind: 'role', role: name })
const command = (label: string, keys: string): MenuEntry => ({ kind: 'command', label, keys })

/**
 * The menu as data. A command's entry presses the key that the page itself knows the command by, so the menu needs no channel of its own and
 * never learns what commands do. Keys as in the page: `Ctrl` means Command on a Mac.
 */
export function menuTemplate(platform: string, isPackaged: boolean): MenuColumn[] {
  const isMac = platform === 'darwin'
  const own: MenuColumn = { label: 'Cortex', entries: [role('about'), separator, command('Settings', 'Ctrl+,'), separator, role('services'), separator, role('hide'), role('hideOthers'), role('unhide'), separator, role('quit')] }
  const file: MenuColumn = {
    label: 'File',
    entries: [
      command('New file', 'Ctrl+N'),
      command('Open folder', 'Ctrl+O'),
      command('Go to file', 'Ctrl+P'),
      separator,
      command('Save file', 'Ctrl+S'),
      command('Close tab', 'Ctrl+W'),
      ...(isMac ? [] : [separator, command('Settings', 'Ctrl+,'), separator, role('quit')]),
    ],
  }
  const edit: MenuColumn = { label: 'Edit', entries: [role('undo'), role('redo'), separator, role('cut'), role('copy'), role('paste'), role('selectAll'), separator, command('Find', 'Ctrl+F'), ...(isMac ? [] : [command('Replace', 'Ctrl+H')])] }
  const view: MenuColumn = {
    label: 'View',
    entries: [
      command('Command palette', 'Ctrl+Shift+P'),
      separator,
      command('Show or hide side panel', 'Ctrl+B'),
      command('Show or hide bottom panel', 'Ctrl+J'),
      command('Show or hide chat', 'Ctrl+Alt+B'),
      separator,
      role('resetZoom'),
      role('zoomIn'),
      role('zoomOut'),
      role('togglefullscreen'),
      ...(isPackaged ? [] : [separator, role('reload'), role('toggleDevTools')]),
    ],
  }
  const window: MenuColumn = { label: 'Window', entries: [role('minimize'), ...(isMac ? [role('zoom'), separator, role('front')] : [])] }
  return isMac ? [own, file, edit, view, window] : [file, edit, view, window]
}

/** A key binding of the page as Electron's accelerator. */
export function acceleratorOf(keys: string): string {
  return keys.replace(/\bCtrl\b/, 'CommandOrControl')
}

/** The key press that a binding stands for. */
export function pressOf(keys: string, platform: string): { keyCode: string; modifiers: ('control' | 'meta' | 'shift' | 'alt')[] } {
  const parts = keys.split('+')
  const key = parts.pop() ?? ''
  const modifiers = parts.map(part => (part === 'Ctrl' ? (platform === 'darwin' ? ('meta' as const) : ('control' as const)) : part === 'Shift' ? ('shift' as const) : ('alt' as const)))
  return { keyCode: key, modifiers }
}
