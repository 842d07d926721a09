import { stat } from 'node:fs/promises'
import { cpus } from 'node:os'
import { z } from 'zod'
import { Benchmark, type Model } from '#shared/contract/models.ts'
import { pathsOfModel } from '#shared/gguf/model-files.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import { collectionIfOpen } from '../../platform/storage/collection-if-open.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'

const Kept = z.object({ stamp: z.string(), benchmark: Benchmark.extend({ measuredAt: z.coerce.date() }) })
type Kept = z.infer<typeof Kept>

const processor = cpus()[0]?.model ?? ''

/** The last benchmark of each model. While the database stays shut, for this run only. */
export class BenchmarkResults {
  readonly #kept: () => Collection<Kept> | null
  readonly #unkept = new Map<string, Kept>()

  constructor(storage: Storage) {
    this.#kept = collectionIfOpen<Kept>(storage, 'benchmarks', Kept)
  }

  /** Null where it was not measured as it is: another file in its place, or another processor, says nothing of it. */
  async of(model: Model): Promise<Benchmark | null> {
    const kept = this.#unkept.get(model.id) ?? this.#kept()?.get(model.id)
    return kept && kept.stamp === (await stampOf(model)) ? kept.benchmark : null
  }

  async keep(model: Model, benchmark: Benchmark): Promise<void> {
    const stamp = await stampOf(model)
    if (stamp === null) return
    this.#unkept.set(model.id, { stamp, benchmark })
    changeIfRoom(() => this.#kept()?.put(model.id, { stamp, benchmark }))
  }

  /** Forgets a model that was taken off the list. */
  forget(id: string): void {
    this.#unkept.delete(id)
    changeIfRoom(() => this.#kept()?.delete(id))
  }
}

/** What tells its files from others at their paths, on this machine; null where one is gone. */
async function stampOf({ path }: Model): Promise<string | null> {
  const parts = await Promise.all(pathsOfModel(path).map(async part => await stat(part).catch(() => null)))
  const found = parts.filter(part => part !== null)
  return found.length < parts.length ? null : [processor, ...found.map(({ size, mtimeMs }) => `${size}:${mtimeMs}`)].join()
}
