import { BrowserWindow, nativeTheme, screen } from 'electron/main'
import type { Clock } from '../platform/clock/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { recoveryAddress, startAddress } from './recovery-page.ts'
import { recoverFrom } from './reload-policy.ts'
import { placeWindow, smallestWindow, type WindowPlace } from './window-bounds.ts'
import { webPreferences } from './web-preferences.ts'

const longestHidden = 700
const saveDelay = 400

interface Options {
  preload: string
  isPackaged: boolean
  /** Where the window was, as it was kept: not yet checked. */
  saved: unknown
  /** After the `#` of the page's address. */
  fragment: string
  keepPlace: (place: WindowPlace) => void
  /** Called before the page loads. */
  admit: (window: BrowserWindow) => void
  clock: Clock
  log: Log
}

/** Makes the one kind of window that Cortex has. No other place may: a test reads the source. */
export function openWindow(options: Options): BrowserWindow {
  const [first, ...others] = screen.getAllDisplays().map(display => display.workArea)
  const place = placeWindow(options.saved, [first ?? screen.getPrimaryDisplay().workArea, ...others])
  const window = new BrowserWindow({
    ...place.bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: false,
    title: 'Cortex',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0f1113' : '#f1f1ef',
    webPreferences: webPreferences(options.preload, options.isPackaged),
  })
  showWhenDrawn(window, place.isMaximized)
  keepPlaceOf(window, options.keepPlace)
  recover(window, options)
  options.admit(window)
  void window.loadURL(`${startAddress}${options.fragment ? `#${options.fragment}` : ''}`).catch((error: unknown) => {
    options.log.error('The page did not load', { reason: error instanceof Error ? error.message : 'unknown' })
  })
  return window
}

function showWhenDrawn(window: BrowserWindow, isMaximized: boolean): void {
  const show = (): void => {
    clearTimeout(timer)
    if (window.isDestroyed() || window.isVisible()) return
    if (isMaximized) window.maximize()
    window.show()
  }
  const timer = setTimeout(show, longestHidden)
  window.once('ready-to-show', show)
  window.once('closed', () => clearTimeout(timer))
}

function keepPlaceOf(window: BrowserWindow, keep: (place: WindowPlace) => void): void {
  const save = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (!window.isDestroyed()) keep({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() })
  }
  let timer: NodeJS.Timeout | undefined
  const later = (): void => {
    timer ??= setTimeout(save, saveDelay)
  }
  window.on('resize', later)
  window.on('move', later)
  window.on('maximize', later)
  window.on('unmaximize', later)
  window.on('close', save)
}

function recover(window: BrowserWindow, { clock, log }: Options): void {
  let lastGoneAt: number | null = null
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    const now = clock.monotonic()
    const step = recoverFrom(reason, lastGoneAt, now)
    lastGoneAt = now
    log.error('The page ended', { reason, exitCode, step })
    if (window.isDestroyed() || step === 'nothing') return
    if (step === 'reload') window.webContents.reload()
    else void window.loadURL(recoveryAddress).catch(() => log.error('The recovery page did not load'))
  })
}
