import { join, resolve } from 'node:path'
import { createApp } from '../app.ts'
import { logFaults } from '../platform/log/log-faults.ts'
import { nodeHost } from '../platform/node-host.ts'
import type { HostLine } from '../transport/control-messages.ts'
import { controlPath } from '../transport/control-path.ts'
import { listenForControl } from '../transport/control-server.ts'
import { createRpcServer } from '../transport/rpc-server.ts'
import { handOver } from './hand-over.ts'
import { leadOrJoin } from './lead-or-join.ts'
import { listen } from './listen.ts'
import { openBrowser } from './open-browser.ts'
import { readDescriptor } from './read-hidden.ts'
import type { ServeOptions } from './serve-options.ts'
import { untilStopped } from './until-stopped.ts'
import { watchStart } from './watch-start.ts'

/** Runs the host until it is told to stop; or hands the folder and the model to the host that runs already and ends. `entryFolder` is where the built program lies; `onStopping` is called once it was told to stop. */
export async function serve(options: ServeOptions, entryFolder: string, onStopping: () => void = () => undefined): Promise<void> {
  const folder = options.folder === null ? null : resolve(options.folder)
  const model = options.model === null ? null : resolve(options.model)
  const host = nodeHost({ entryFolder, isEnforced: options.isEnforced, settingOverrides: model === null ? {} : { 'model.path': model } })
  const { lock, running } = await leadOrJoin(host.paths.state, async control => await handOver(control, folder, model))
  if (running) {
    announce(running.line, options)
    await running.loadModel()
    return
  }
  const signals = untilStopped()
  const cleanups: (() => unknown)[] = [() => { lock.release() }, () => { host.logBook.close() }, logFaults(host.log.scope('faults')), signals.dispose]
  try {
    const passphrase = options.passphraseDescriptor === null ? null : await readDescriptor(options.passphraseDescriptor)
    const starts = watchStart(host.paths.state, options.isSafeMode)
    cleanups.unshift(() => { starts.dispose() })
    const app = await createApp({ ...host, passphrase, end: () => process.kill(process.pid, 'SIGTERM') }, starts)
    cleanups.unshift(() => app.dispose())
    const http = await listen(app, host, { port: options.port, rendererFolder: join(entryFolder, '..', 'renderer') })
    cleanups.unshift(() => http.close())
    const open = async (wanted: string | null): Promise<HostLine> => {
      const workspace = wanted === null ? null : await app.services.workspaces.requestFolder(wanted)
      return { url: http.mintUrl(workspace?.id ?? null), token: http.token, pid: process.pid }
    }
    const line = await open(folder)
    const listener = await listenForControl({ path: controlPath(host.paths.state), rpc: createRpcServer(app.router, host.log.scope('control'), 'control'), log: host.log.scope('control'), open })
    cleanups.unshift(() => listener.close())
    starts.ready()
    announce(line, options)
    await signals.stopped
    onStopping()
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}

function announce(line: HostLine, options: ServeOptions): void {
  process.stdout.write(options.isJson ? `${JSON.stringify(line)}\n` : `Cortex is at ${line.url}\n`)
  if (options.isBrowserOpened) openBrowser(line.url)
}
