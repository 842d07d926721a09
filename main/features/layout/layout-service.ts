import { z } from 'zod'
import type { Starts } from '../../platform/starts/start-watch.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'

const Layout = z.record(z.string(), z.unknown())
type Layout = z.infer<typeof Layout>

/** What a window looks like, by workspace. */
export class LayoutService {
  readonly #kept: Collection<Layout>
  readonly #storage: Storage
  readonly #starts: Pick<Starts, 'isSafe'>
  readonly #stopListening: () => void
  /** Serves while the database is shut and in safe mode: a reload still finds its tabs, and what was kept before stays as it is. */
  readonly #inMemory = new Map<string, Layout>()

  constructor(storage: Storage, starts: Pick<Starts, 'isSafe'>) {
    this.#kept = storage.collection('layout', Layout)
    this.#storage = storage
    this.#starts = starts
    this.#stopListening = storage.onChange(() => this.#keepWhatWaited())
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

  dispose(): void {
    this.#stopListening()
  }

  /** The database opened. What it has is older, but it is what the person arranged before; a window in use sends its own anew. */
  #keepWhatWaited(): void {
    if (this.#isOnlyInMemory()) return
    for (const [key, layout] of this.#inMemory) {
      if (this.#kept.get(key) === null) this.#kept.put(key, layout)
      this.#inMemory.delete(key)
    }
  }

  #isOnlyInMemory(): boolean {
    return this.#storage.problem !== null || this.#starts.isSafe
  }
}
