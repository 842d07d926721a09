import { BaseWindow, BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron/main'
import { acceleratorOf, menuTemplate, pressOf, type MenuEntry } from './menu-template.ts'

/** Sets the application's menu. */
export function setMenu(isPackaged: boolean): void {
  const columns = menuTemplate(process.platform, isPackaged)
  Menu.setApplicationMenu(Menu.buildFromTemplate(columns.map(({ label, entries }) => ({ label, submenu: entries.map(itemOf) }))))
}

function itemOf(entry: MenuEntry): MenuItemConstructorOptions {
  if (entry.kind === 'separator') return { type: 'separator' }
  if (entry.kind === 'role') return { role: entry.role }
  return {
    label: entry.label,
    accelerator: acceleratorOf(entry.keys),
    // Shown, not taken: the page's own keymap acts on the key, as it does in a browser.
    registerAccelerator: false,
    click: (_item, window) => press(window, entry.keys),
  }
}

function press(window: BaseWindow | undefined, keys: string): void {
  if (!(window instanceof BrowserWindow) || window.isDestroyed()) return
  const stroke = pressOf(keys, process.platform)
  window.webContents.focus()
  window.webContents.sendInputEvent({ type: 'keyDown', ...stroke })
  window.webContents.sendInputEvent({ type: 'keyUp', ...stroke })
}
