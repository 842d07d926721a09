import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, type App } from '../../main/app.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { absentKeychain } from '../../main/platform/keychain/absent-keychain.ts'
import type { Host } from '../../main/platform/host.ts'
import { openPinoLog } from '../../main/platform/log/pino-log.ts'
import { prepareFolders } from '../../main/platform/paths/host-paths.ts'
import { Redactor } from '../../main/platform/redaction/redactor.ts'
import { NodeLauncher } from '../../main/platform/workers/node-launcher.ts'
import { ObservedLauncher } from '../../main/platform/workers/observed-launcher.ts'
import { SystemConfiner } from '../../main/platform/workers/system-confiner.ts'
import type { WorkerLauncher } from '../../main/platform/workers/worker-launcher.ts'
import { startHttpHost, type HttpHost } from '../../main/transport/http-host.ts'
import { quickPassphraseCost } from './quick-passphrase-cost.ts'

export const root = join(import.meta.dirname, '..', '..')

export interface TestApp {
  app: App
  host: Host
  /** A folder of this test's own. */
  makeFolder: (name: string) => string
  http: HttpHost
  dispose: () => Promise<void>
}

/** The whole application in this process, from source, with real workers but for those that `fake` launches, served at a random port. */
export async function startTestApp(settingOverrides: Record<string, unknown> = { 'model.loadAtStart': false }, fake?: { entries: readonly string[]; launcher: WorkerLauncher }): Promise<TestApp> {
  const made: string[] = []
  const makeFolder = (name: string): string => {
    const path = realpathSync(mkdtempSync(join(tmpdir(), `cortex-${name}-`)))
    made.push(path)
    return path
  }
  const state = makeFolder('state')
  const paths = { home: makeFolder('home'), state, logs: join(state, 'logs'), resources: join(root, 'resources') }
  prepareFolders(paths)
  const redactor = new Redactor()
  const logBook = openPinoLog(paths.logs, redactor, 'debug')
  const { log } = logBook
  const real = new NodeLauncher({ log, confiner: new SystemConfiner({ hidden: [paths.home, state] }) })
  const host: Host = {
    kind: 'node',
    version: '0.0.0',
    paths,
    launcher: new ObservedLauncher({ launch: spec => (fake?.entries.includes(spec.entry) ? fake.launcher : real).launch(spec) }),
    keychain: absentKeychain,
    passphraseCost: quickPassphraseCost,
    isEnforcementOff: false,
    clock: systemClock,
    log,
    logBook,
    redactor,
    settingOverrides,
  }
  const app = await createApp(host)
  const http = await startHttpHost({ router: app.router, modelServer: app.services.modelServer, log, clock: systemClock, version: host.version, port: 0, rendererFolder: join(root, 'tests', 'fixtures', 'page') })
  return {
    app,
    host,
    makeFolder,
    http,
    dispose: async () => {
      await http.close()
      await app.dispose()
      logBook.close()
      for (const path of made) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
