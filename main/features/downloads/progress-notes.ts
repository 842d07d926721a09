import type { BlockJournal } from './block-journal.ts'

/**
 * Notes on the way how far one connection is, so that a crash costs it no more than `mostBytes` and the piece that was just coming. It goes on receiving
 * while the disk makes durable what came, and waits only when that takes too long.
 */
export class ProgressNotes {
  readonly #journal: BlockJournal
  readonly #sync: () => Promise<void>
  readonly #mostBytes: number
  /** All before this place in the file is noted. */
  #noted: number
  #pending: Promise<void> | null = null

  constructor({ journal, sync, mostBytes, start }: { journal: BlockJournal; sync: () => Promise<void>; mostBytes: number; start: number }) {
    this.#journal = journal
    this.#sync = sync
    this.#mostBytes = mostBytes
    this.#noted = start
  }

  /** Everything up to `position`, in this block, is written; true where the block is whole, and durable then. Throws what the disk says. */
  async written(index: number, position: number): Promise<boolean> {
    const bytes = position - index * this.#journal.head.blockBytes
    if (bytes === this.#journal.lengthOf(index)) {
      await this.#journal.finish(index, this.#sync)
      this.#noted = position
      return true
    }
    const isDue = position - this.#noted >= this.#mostBytes / 2
    if (isDue && !this.#pending) {
      this.#pending = this.#note(index, bytes, position)
      // Whoever comes next meets it; where nobody does, nothing hangs on it.
      this.#pending.catch(() => undefined)
    }
    if (position - this.#noted >= this.#mostBytes) await this.#pending
    return false
  }

  async #note(index: number, bytes: number, position: number): Promise<void> {
    try {
      await this.#journal.reach(index, bytes, this.#sync)
      this.#noted = Math.max(this.#noted, position)
    } finally {
      this.#pending = null
    }
  }
}
