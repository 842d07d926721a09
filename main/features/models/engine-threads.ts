import { availableParallelism, cpus } from 'node:os'
import { z } from 'zod'
import type { Model } from '#shared/contract/models.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import { collectionIfOpen } from '../../platform/storage/collection-if-open.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'

const Measured = z.object({ threads: z.number().int().min(1), tokensPerSecond: z.number() })
type Measured = z.infer<typeof Measured>

/** An answer shorter than this says little about speed. */
export const leastTokens = 64
const farBelow = 0.3
/** They stay the same, and take long to ask for. */
const [cores, processor] = [availableParallelism(), cpus()[0]?.model ?? '']

/** The thread count that was fastest for a model on this machine. */
export class EngineThreads {
  readonly #kept: () => Collection<Measured> | null

  constructor(storage: Storage) {
    this.#kept = collectionIfOpen(storage, 'engine-threads', Measured)
  }

  recall(model: Model): number | null {
    return this.#kept()?.get(keyOf(model))?.threads ?? null
  }

  /** `speeds`: tokens/s by thread count, as the worker measured them; empty when it did not. */
  keep(model: Model, threads: number, speeds: Readonly<Record<string, number>>): void {
    const tokensPerSecond = speeds[String(threads)]
    if (tokensPerSecond !== undefined) changeIfRoom(() => this.#kept()?.put(keyOf(model), { threads, tokensPerSecond }))
  }

  /** An answer came far slower than what was measured: the next load measures again. */
  check(model: Model, { tokens, tokensPerSecond }: { tokens: number; tokensPerSecond: number }): void {
    if (tokens < leastTokens) return
    const kept = this.#kept()?.get(keyOf(model))
    if (kept && tokensPerSecond < kept.tokensPerSecond * farBelow) changeIfRoom(() => this.#kept()?.delete(keyOf(model)))
  }
}

function keyOf(model: Model): string {
  return `${model.id}:${model.sizeBytes}:${cores}:${processor}`
}
