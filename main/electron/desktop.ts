import { app, type BrowserWindow } from 'electron/main'
import type { Host } from '../platform/host.ts'
import type { Ledger } from '../platform/ledger/ledger.ts'
import type { RpcServer } from '../transport/rpc-server.ts'
import type { DesktopFolders } from './electron-host.ts'
import { lockDownSessions } from './lock-down.ts'
import { setMenu } from './menu.ts'
import { openExternal } from './open-external.ts'
import { servePage } from './page-scheme.ts'
import { createPortBroker } from './port-broker.ts'
import { refusedRequests } from './refused-requests.ts'
import { onOtherStart } from './single-instance.ts'
import { openWindow } from './window.ts'
import { createWindowStore } from './window-store.ts'

interface DesktopOptions {
  host: Host
  folders: DesktopFolders
  rpc: RpcServer
  /** Told of each request of the window that was refused. */
  ledger: Ledger
  /** The folder's workspace, by id. */
  openFolder: (path: string) => Promise<string>
  /** Folder named at the start. */
  folder: string | null
}

/** Draws the window over a running application. Call it once Electron is ready. */
export async function startDesktop({ host, folders, rpc, ledger, openFolder, folder }: DesktopOptions): Promise<void> {
  const log = host.log.scope('window')
  await lockDownSessions(address => void openExternal(address, log), refusedRequests(ledger, host.clock))
  servePage(folders.page)
  setMenu(app.isPackaged)
  const broker = createPortBroker(port => rpc.serve(port), log)
  const store = createWindowStore(host.paths.state)
  let current: BrowserWindow | null = null

  const workspaceOf = async (path: string): Promise<string | null> =>
    await openFolder(path).catch((error: unknown) => {
      log.warn('The folder could not be opened', { reason: error instanceof Error ? error.message : 'unknown' })
      return null
    })
  const show = async (path: string | null): Promise<void> => {
    const workspaceId = path === null ? null : await workspaceOf(path)
    if (current && !current.isDestroyed()) {
      if (current.isMinimized()) current.restore()
      current.focus()
      return
    }
    current = openWindow({
      preload: folders.preload,
      isPackaged: app.isPackaged,
      saved: store.read(),
      fragment: workspaceId === null ? '' : new URLSearchParams({ workspace: workspaceId }).toString(),
      keepPlace: place => store.keep(place),
      admit: window => broker.admit(window.webContents),
      clock: host.clock,
      log,
    })
  }
  onOtherStart(path => void show(path))
  app.on('activate', () => void show(null))
  await show(folder)
}
