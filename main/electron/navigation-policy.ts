import { desktopOrigin } from '#shared/port-handshake.ts'
import { recoveryAddress, startAddress } from './recovery-page.ts'

/** The page never navigates; the recovery page's link back is the one exception. */
export function mayNavigate(from: string, to: string, isMainFrame: boolean): boolean {
  return isMainFrame && from === recoveryAddress && to === startAddress
}

/** The page may copy to the clipboard. Everything else a web page can ask for is refused. */
const permissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** `origin` is the asking page's, with or without a trailing slash, as Electron gives both. */
export function mayUse(permission: string, origin: string, isMainFrame: boolean): boolean {
  return isMainFrame && permissions.has(permission) && origin.replace(/\/$/, '') === desktopOrigin
}
