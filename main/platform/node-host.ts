import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemClock } from './clock/clock.ts'
import type { Host } from './host.ts'
import { systemKeychain } from './keychain/system-keychain.ts'
import { openPinoLog } from './log/pino-log.ts'
import { hostPaths, prepareFolders } from './paths/host-paths.ts'
import { keepMemoryOffDisk } from './process/keep-memory-off-disk.ts'
import { Redactor } from './redaction/redactor.ts'
import { NodeLauncher } from './workers/node-launcher.ts'
import { ObservedLauncher } from './workers/observed-launcher.ts'
import { SystemConfiner } from './workers/system-confiner.ts'

interface Options {
  /** Folder of the entry file that was started; the package lies above it. */
  entryFolder: string
  settingOverrides?: Record<string, unknown>
  /** False leaves workers unconfined, as `CORTEX_ENFORCEMENT=off` does. */
  isEnforced?: boolean
}

/** What plain Node supplies to the application. */
export function nodeHost({ entryFolder, settingOverrides = {}, isEnforced: isWanted = true }: Options): Host {
  const isEnforced = isWanted && process.env['CORTEX_ENFORCEMENT'] !== 'off'
  const root = packageFolder(entryFolder)
  const paths = hostPaths({ environment: process.env, resources: join(root, 'resources') })
  const coreFilter = keepMemoryOffDisk()
  prepareFolders(paths)
  const redactor = new Redactor()
  const logBook = openPinoLog(paths.logs, redactor)
  const { log } = logBook
  const launcher = new ObservedLauncher(new NodeLauncher({ log: log.scope('workers'), confiner: new SystemConfiner({ hidden: [paths.home, paths.state], isOff: !isEnforced }) }))
  return {
    kind: 'node',
    version: packageVersion(root),
    paths,
    launcher,
    keychain: systemKeychain({ launcher, environment: process.env }),
    isEnforcementOff: !isEnforced,
    clock: systemClock,
    log,
    logBook,
    redactor,
    coreFilter,
    settingOverrides,
  }
}

/** The version in the package above an entry file. */
export function packageVersion(root: string): string {
  // Our own package.json, which npm needs to have a version.
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
}

export function packageFolder(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const above = dirname(folder)
  if (above === folder) throw new Error('The package of Cortex was not found above its entry')
  return packageFolder(above)
}
