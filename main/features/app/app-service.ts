import type { AppInfo } from '#shared/contract/app.ts'
import type { Host } from '../../platform/host.ts'
import { displayPath } from '../../platform/paths/display-path.ts'
import type { Storage } from '../../platform/storage/storage.ts'

/** What the running host is. */
export class AppService {
  readonly #host: Host
  readonly #storage: Storage
  constructor(host: Host, storage: Storage) {
    this.#host = host
    this.#storage = storage
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
      storageProblem: problem && { code: problem.code, data: problem.data },
    }
  }
}
