import { join } from 'node:path'
import { app } from 'electron/main'
import { firstKeychain } from '../platform/keychain/first-keychain.ts'
import type { Host } from '../platform/host.ts'
import { nodeHost } from '../platform/node-host.ts'
import { safeStorageKeychain } from './safe-storage-keychain.ts'

export interface DesktopFolders {
  /** The built page. */
  page: string
  preload: string
}

/** What Electron supplies to the application: the same as plain Node, workers included, but for where a package keeps its resources. */
export function electronHost(entryFolder: string, model: string | null): Host {
  const host = nodeHost({ entryFolder, settingOverrides: model === null ? {} : { 'model.path': model } })
  const resources = app.isPackaged ? join(process.resourcesPath, 'resources') : host.paths.resources
  // The command line reads the same profile without Electron: so the system's own keychain comes first.
  const keychain = process.env['CORTEX_KEYCHAIN'] === 'off' ? host.keychain : firstKeychain(host.keychain, safeStorageKeychain({ path: join(host.paths.state, 'keychain.json') }))
  return { ...host, kind: 'electron', keychain, paths: { ...host.paths, resources }, end: () => app.quit() }
}

/** Where the build put what the window needs, beside the entry. */
export function desktopFolders(entryFolder: string): DesktopFolders {
  const out = join(entryFolder, '..')
  return { page: join(out, 'renderer'), preload: join(out, 'preload', 'index.cjs') }
}
