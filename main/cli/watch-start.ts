import { StartWatch } from '../platform/starts/start-watch.ts'

/** The watch over this start. `CORTEX_SAFE_MODE=off` counts no failed starts, for those that are killed on purpose; `on` asks for safe mode as `--safe-mode` does. */
export function watchStart(stateFolder: string, isWanted: boolean, environment: NodeJS.ProcessEnv = process.env): StartWatch {
  return new StartWatch({ stateFolder, isWanted: isWanted || environment['CORTEX_SAFE_MODE'] === 'on', isCounting: environment['CORTEX_SAFE_MODE'] !== 'off' })
}
