import { createApp } from '../app.ts'
import type { Host } from '../platform/host.ts'
import type { Ledger } from '../platform/ledger/ledger.ts'
import { logFaults } from '../platform/log/log-faults.ts'
import { controlPath } from '../transport/control-path.ts'
import { listenForControl } from '../transport/control-server.ts'
import { createRpcServer, type RpcServer } from '../transport/rpc-server.ts'
import { handOver } from './hand-over.ts'
import { leadOrJoin } from './lead-or-join.ts'
import { listen } from './listen.ts'
import { portOnDemand } from './port-on-demand.ts'
import { watchStart } from './watch-start.ts'

export interface DesktopHost {
  /** Serves the application to the page over its port. */
  rpc: RpcServer
  /** For what the window's own layers refuse. */
  ledger: Ledger
  /** Opens a folder and tells every page of it; its workspace's id. */
  openFolder(path: string): Promise<string>
  dispose(): Promise<void>
}

export type DesktopStart = { isFirst: true; desktop: DesktopHost } | { isFirst: false; url: string; loadModel: () => Promise<void> }

/**
 * The application behind a desktop window, with the profile's lock and the socket for the command line. No port is opened, until another start
 * asks for the browser or the model server is turned on. Where a host without a window has the profile, its page's address comes back instead,
 * and the model that was named is for it to load.
 */
export async function startDesktopHost(host: Host, rendererFolder: string, folder: string | null, model: string | null, isSafeMode = false): Promise<DesktopStart> {
  const { lock, running } = await leadOrJoin(host.paths.state, async control => await handOver(control, folder, model))
  if (running) return { isFirst: false, url: running.line.url, loadModel: running.loadModel }
  const cleanups: (() => unknown)[] = [() => { lock.release() }, () => { host.logBook.close() }, logFaults(host.log.scope('faults'))]
  const dispose = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0)) await cleanup()
  }
  try {
    const starts = watchStart(host.paths.state, isSafeMode)
    cleanups.unshift(() => { starts.dispose() })
    const app = await createApp(host, starts)
    cleanups.unshift(() => app.dispose())
    const port = await portOnDemand({ modelServer: app.services.modelServer, listen: () => listen(app, host, { port: 0, rendererFolder }), log: host.log.scope('http') })
    cleanups.unshift(() => port.dispose())
    const open = async (wanted: string | null) => {
      const workspace = wanted === null ? null : await app.services.workspaces.requestFolder(wanted)
      const server = await port.forPage()
      return { url: server.mintUrl(workspace?.id ?? null), token: server.token, pid: process.pid }
    }
    const listener = await listenForControl({ path: controlPath(host.paths.state), rpc: createRpcServer(app.router, host.log.scope('control'), 'control'), log: host.log.scope('control'), open })
    cleanups.unshift(() => listener.close())
    const openFolder = async (path: string): Promise<string> => (await app.services.workspaces.requestFolder(path)).id
    starts.ready()
    return { isFirst: true, desktop: { rpc: createRpcServer(app.router, host.log.scope('window'), 'message-port'), ledger: app.services.ledger, openFolder, dispose } }
  } catch (error) {
    await dispose()
    throw error
  }
}
