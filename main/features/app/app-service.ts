import type { AppInfo } from '#shared/contract/app.ts'
import type { Host } from '../../platform/host.ts'
import { displayPath } from '../../platform/paths/display-path.ts'
import type { Starts } from '../../platform/starts/start-watch.ts'
import type { Storage } from '../../platform/storage/storage.ts'

/** What the running host is. */
export class AppService {
  readonly #host: Host
  readonly #storage: Storage
  readonly #starts: Starts
  constructor(host: Host, storage: Storage, starts: Starts) {
    this.#host = host
    this.#storage = storage
    this.#starts = starts
  }

  info(): AppInfo {
    const { kind, version, paths } = this.#host
    const { problem } = this.#storage
    return {
      version,
      hostKind: kind,
      platform: process.platform,
      nodeVersion: process.versions.node,
      stateFolder: displayPath(paths.state, paths.home),
      homeFolder: paths.home,
      pid: process.pid,
      isSafeMode: this.#starts.isSafe,
      storageProblem: problem && { code: problem.code, data: problem.data },
    }
  }

  pageState(state: 'opening' | 'ready'): void {
    if (state === 'opening') this.#starts.pageOpening()
    else this.#starts.pageReady()
  }

  leaveSafeMode(): void {
    this.#starts.leaveSafeMode()
  }
}
