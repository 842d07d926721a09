import { chmodSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import envPaths from 'env-paths'
import type { HostPaths } from '../host.ts'

interface Options {
  environment: Record<string, string | undefined>
  /** Absolute path of the bundled resources. */
  resources: string
}

/** Where this profile keeps its state: `CORTEX_HOME`, else the platform's folder for application data. */
export function hostPaths({ environment, resources }: Options): HostPaths {
  const chosen = environment['CORTEX_HOME']
  const state = chosen ? resolve(chosen) : envPaths('cortex', { suffix: '' }).data
  return { home: environment['HOME'] || homedir(), state, logs: join(state, 'logs'), resources }
}

/** Makes the state folders, readable by their owner alone. */
export function prepareFolders(paths: HostPaths): void {
  for (const folder of [paths.state, paths.logs]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (process.platform !== 'win32') chmodSync(folder, 0o700)
  }
}
