import { z } from 'zod'
import type { Collection, Storage } from '../../platform/storage/storage.ts'

const Layout = z.record(z.string(), z.unknown())
type Layout = z.infer<typeof Layout>

/** What a window looks like, by workspace. */
export class LayoutService {
  readonly #kept: Collection<Layout>
  /** Serves while the database stays shut: a reload still finds its tabs. */
  readonly #inMemory: Map<string, Layout> | null

  constructor(storage: Storage) {
    this.#kept = storage.collection('layout', Layout)
    this.#inMemory = storage.problem ? new Map() : null
  }

  get(workspaceId: string | null): Layout | null {
    const key = workspaceId ?? ''
    return this.#inMemory ? (this.#inMemory.get(key) ?? null) : this.#kept.get(key)
  }

  keep(workspaceId: string | null, layout: Layout): void {
    const key = workspaceId ?? ''
    if (this.#inMemory) this.#inMemory.set(key, layout)
    else this.#kept.put(key, layout)
  }
}
