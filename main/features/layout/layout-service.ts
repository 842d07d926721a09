import { z } from 'zod'
import type { Starts } from '../../platform/starts/start-watch.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'

const Layout = z.record(z.string(), z.unknown())
type Layout = z.infer<typeof Layout>

/** What a window looks like, by workspace. */
export class LayoutService {
  readonly #kept: Collection<Layout>
  readonly #isShut: boolean
  readonly #starts: Pick<Starts, 'isSafe'>
  /** Serves while the database stays shut and in safe mode: a reload still finds its tabs, and what was kept before stays as it is. */
  readonly #inMemory = new Map<string, Layout>()

  constructor(storage: Storage, starts: Pick<Starts, 'isSafe'>) {
    this.#kept = storage.collection('layout', Layout)
    this.#isShut = storage.problem !== null
    this.#starts = starts
  }

  get(workspaceId: string | null): Layout | null {
    const key = workspaceId ?? ''
    return this.#isOnlyInMemory() ? (this.#inMemory.get(key) ?? null) : this.#kept.get(key)
  }

  keep(workspaceId: string | null, layout: Layout): void {
    const key = workspaceId ?? ''
    if (this.#isOnlyInMemory()) this.#inMemory.set(key, layout)
    else this.#kept.put(key, layout)
  }

  #isOnlyInMemory(): boolean {
    return this.#isShut || this.#starts.isSafe
  }
}
