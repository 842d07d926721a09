import { z } from 'zod'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'

const KeptDraft = z.object({ text: z.string(), savedAt: z.coerce.date() })
type KeptDraft = z.infer<typeof KeptDraft>

/** Whose field: null is the conversation that begins with its first question. */
export interface DraftPlace {
  workspaceId: string
  conversationId: string | null
}

/** Text in the chat's field that was not sent. Calls throw as `Storage` does. */
export class DraftStore {
  readonly #kept: Collection<KeptDraft>
  readonly #clock: Clock

  constructor(storage: Storage, clock: Clock) {
    this.#kept = storage.collection('chat-drafts', KeptDraft)
    this.#clock = clock
  }

  list(workspaceId: string): { conversationId: string | null; text: string }[] {
    const prefix = keyOf({ workspaceId, conversationId: '' })
    return this.#kept.entries(prefix).map(({ key, value }) => ({ conversationId: key.slice(prefix.length) || null, text: value.text }))
  }

  keep(place: DraftPlace, text: string): void {
    this.#kept.put(keyOf(place), { text, savedAt: this.#clock.now() })
  }

  erase(place: DraftPlace): void {
    this.#kept.delete(keyOf(place))
  }

  /** Erases the draft if it is that text: whoever wrote on keeps what they wrote. */
  eraseSent(place: DraftPlace, text: string): void {
    if (this.#kept.get(keyOf(place))?.text === text) this.erase(place)
  }

  /** Whether text was kept there since then. */
  isYoung(place: DraftPlace, since: Date): boolean {
    const kept = this.#kept.get(keyOf(place))
    return kept !== null && kept.savedAt >= since
  }

  /** Erases drafts that were kept before; the number. */
  forget(before: Date): number {
    const old = this.#kept.entries().filter(({ value }) => value.savedAt < before)
    for (const { key } of old) this.#kept.delete(key)
    return old.length
  }
}

function keyOf({ workspaceId, conversationId }: DraftPlace): string {
  return `${workspaceId}/${conversationId ?? ''}`
}
