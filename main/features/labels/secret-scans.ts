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

  readonly #itemsAlone: FileLister = {
    list: root => itemsOf(this.#dependencies.files, root),
  }

  /** A scan by these rules that was begun at most so long ago; a shallow one looks into no folder. Throws where the folder cannot be gone through. */
  take(root: string, { rules, revision }: LoadedRules, oldestMilliseconds: number, { isShallow = false } = {}): Promise<Scan> {
    const name = isShallow ? `${root}\0` : root
    const since = this.#dependencies.clock.monotonic() - oldestMilliseconds
    return this.#turns.take(name, async () => {
      const known = this.#kept.get(name)
      if (known?.revision === revision && known.scan.at > since) return known.scan
      const scan = await scanSecrets({ ...this.#dependencies, ...(isShallow ? { lister: this.#itemsAlone } : {}), root, rules, at: this.#dependencies.clock.monotonic() })
      this.#kept.delete(name)
      this.#kept.set(name, { scan, revision })
      const [oldest] = this.#kept.keys()
      if (this.#kept.size > foldersKept && oldest !== undefined) this.#kept.delete(oldest)
      return scan
    })
  }
}

async function* itemsOf(files: Files, folder: string): AsyncGenerator<string[], void, void> {
  yield (await files.items(folder)).filter(({ kind }) => kind !== 'folder').map(({ name }) => name)
}
