import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import type { Client } from '#shared/contract/index.ts'
import { createApp } from '../../main/app.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { absentKeychain } from '../../main/platform/keychain/absent-keychain.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { Redactor } from '../../main/platform/redaction/redactor.ts'
import { hostPaths, prepareFolders } from '../../main/platform/paths/host-paths.ts'
import { ObservedLauncher } from '../../main/platform/workers/observed-launcher.ts'
import { quickPassphraseCost } from './quick-passphrase-cost.ts'

export interface InProcessApp {
  client: Client
  log: FakeLog
  dispose: () => Promise<void>
}

/** The application in this very process, without workers, with its state in `folder`. */
export async function startInProcess(folder: string): Promise<InProcessApp> {
  const paths = hostPaths({ environment: { CORTEX_HOME: join(folder, 'state'), HOME: folder }, resources: join(import.meta.dirname, '../../resources') })
  prepareFolders(paths)
  const log = new FakeLog()
  const launcher = new ObservedLauncher({ launch: () => Promise.reject(new Error('No workers here')) })
  const app = await createApp({ kind: 'node', version: '0.0.0', paths, launcher, keychain: absentKeychain, passphraseCost: quickPassphraseCost, isEnforcementOff: false, clock: systemClock, log, logBook: log, redactor: new Redactor(), settingOverrides: { 'model.loadAtStart': false } })
  return { client: createRouterClient(app.router), log, dispose: () => app.dispose() }
}
