import type { Clock } from '../../platform/clock/clock.ts'
import type { FileLister } from '../../platform/files/file-lister.ts'
import type { Files } from '../../platform/files/files.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import type { LoadedRules } from './rules-files.ts'
import { scanSecrets, type Scan } from './scan-secrets.ts'

const foldersKept = 8

interface Dependencies {
  files: Files
  lister: FileLister
  clock: Clock
  home: string
}

/** The last scan of each folder; one at a time for each. */
export class SecretScans {
  readonly #dependencies: Dependencies
  readonly #turns = new TurnTaker()
  readonly #kept = new Map<string, { scan: Scan; revision: string }>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** A scan by these rules that was begun at most so long ago. Throws where the folder cannot be gone through. */
  take(root: string, { rules, revision }: LoadedRules, oldestMilliseconds: number): Promise<Scan> {
    const since = this.#dependencies.clock.monotonic() - oldestMilliseconds
    return this.#turns.take(root, async () => {
      const known = this.#kept.get(root)
      if (known?.revision === revision && known.scan.at > since) return known.scan
      const scan = await scanSecrets({ ...this.#dependencies, root, rules, at: this.#dependencies.clock.monotonic() })
      this.#kept.delete(root)
      this.#kept.set(root, { scan, revision })
      const [oldest] = this.#kept.keys()
      if (this.#kept.size > foldersKept && oldest !== undefined) this.#kept.delete(oldest)
      return scan
    })
  }
}
