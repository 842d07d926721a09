import { createHmac, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../clock/clock.ts'
import type { Collection, Storage } from '../storage/storage.ts'
import type { Vault } from '../vault/vault.ts'

export const StoredFalseAlarm = z.object({ kind: z.string(), fingerprint: z.string(), length: z.number().int(), addedAt: z.coerce.date() })
export type StoredFalseAlarm = z.infer<typeof StoredFalseAlarm>

interface Dependencies {
  storage: Storage
  vault: Vault
  clock: Clock
}

/** What a person said is no secret: a keyed fingerprint of the text for each kind, never the text. */
export class FalseAlarms {
  readonly #dependencies: Dependencies
  readonly #kept: Collection<StoredFalseAlarm>
  #fingerprints: Set<string> | null = null

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#kept = dependencies.storage.collection('false-alarms', StoredFalseAlarm)
    // What is known of one database says nothing of another.
    dependencies.storage.onChange(() => (this.#fingerprints = null))
  }

  list(): (StoredFalseAlarm & { id: string })[] {
    return this.#kept.entries().map(({ key, value }) => ({ id: key, ...value }))
  }

  /** False while the vault is locked: then everything found is masked. */
  has(kind: string, value: string): boolean {
    try {
      this.#fingerprints ??= new Set(this.list().map(alarm => alarm.fingerprint))
      return this.#fingerprints.size > 0 && this.#fingerprints.has(this.#fingerprint(kind, value))
    } catch {
      return false
    }
  }

  add(kind: string, value: string): void {
    const fingerprint = this.#fingerprint(kind, value)
    if (this.list().some(alarm => alarm.fingerprint === fingerprint)) return
    this.#kept.put(randomUUID(), { kind, fingerprint, length: value.length, addedAt: this.#dependencies.clock.now() })
    this.#fingerprints = null
  }

  remove(id: string): void {
    this.#kept.delete(id)
    this.#fingerprints = null
  }

  #fingerprint(kind: string, value: string): string {
    return createHmac('sha256', this.#dependencies.vault.key('secrets')).update(`cortex false alarm\0${kind}\0${value}`).digest('base64')
  }
}
