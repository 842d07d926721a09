/** Who asks where the self-test does: it is meant to be refused, and counts as nobody's wish. */
export const selfTester = 'self-test'

/** One thing that was asked for and would carry data out of a process or into a model's context, as it is told to the ledger. */
export interface LedgerNote {
  /** `connection`: a socket or a name lookup. `context`: a file for a prompt. */
  kind: 'connection' | 'context'
  /** Which process or feature asked: `host`, `page`, `inference`, `chat`, `completion`, `models`, `self-test`. */
  who: string
  /** What for, in a few words a person understands. */
  why: string
  /** Host name or address, or the path within its folder. */
  target: string
  /** The address that was used or refused, once it is known. */
  address?: string
  port?: number
  decision: 'allowed' | 'refused'
  /** The rule that decided, in words: "offline", "metadata address", "granted to models until 18:00", "label secret by .env*". */
  rule: string
}

/** Counts of a connection, told as it goes on and when it ends. */
export interface LedgerCounts {
  bytesIn: number
  bytesOut: number
  isEnded: boolean
}

/** Every connection that was asked for, whether it came to be or not. */
export interface Ledger {
  /** The entry's id, for `update`. Never throws: a ledger that cannot be kept is still shown while the host runs. */
  note(entry: LedgerNote): string
  update(id: string, counts: LedgerCounts): void
}
