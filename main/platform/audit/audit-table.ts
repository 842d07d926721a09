import type { Prepared, Storage } from '../storage/storage.ts'
import type { AuditRow, ChainLink } from './audit-entry.ts'
import type { AuditSeal } from './audit-seal.ts'
import { packed, type PackedRow } from './link-check.ts'

/** What entries are wanted; what is null does not filter. */
export interface AuditFilter {
  /** The area (`vault`) or the whole kind (`vault.unlock`). */
  kind: string | null
  actor: string | null
  outcome: string | null
  /** A part of the subject, the kind, the actor or the details, in any case. */
  text: string | null
  /** First and last sequence. */
  from: number | null
  to: number | null
}

/** Beyond this many they are not all named. */
const mostStrays = 256

type RowValues = [number, number, number, string, string, string, string | null, string | null, Buffer, Buffer]
type SealValues = [number, number, string, Buffer, Buffer, Buffer]
type Wanted = Record<string, string | number | null>

/** The tables `audit_entries` and `audit_seals`. Every call throws as `Storage` does. */
export class AuditTable {
  readonly #storage: Storage
  readonly #append: Prepared<RowValues, never>
  readonly #addSeal: Prepared<SealValues, never>
  readonly #entry: Prepared<[number], AuditRow>
  readonly #last: Prepared<[], AuditRow>
  readonly #first: Prepared<[], { sequence: number }>
  readonly #after: Prepared<[number, number], AuditRow>
  readonly #packedAfter: Prepared<[number, number], PackedRow>
  readonly #page: Prepared<[Wanted], AuditRow>
  readonly #seals: Prepared<[], AuditSeal>
  readonly #firstSince: Prepared<[number], { sequence: number }>
  readonly #deleteEntries: Prepared<[number, number], never>
  readonly #deleteSeals: Prepared<[number], never>
  readonly #rotatedTo: Prepared<[], { sequence: number | null }>
  readonly #outside: Prepared<[number, number], { sequence: number }>
  readonly #twice: Prepared<[number], { sequence: number }>
  readonly #isKeyed: Prepared<[], { count: number }>

  constructor(storage: Storage) {
    this.#storage = storage
    this.#append = storage.prepare('INSERT INTO audit_entries (sequence, at, uptime, kind, actor, outcome, subject, details, hash, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#addSeal = storage.prepare('INSERT INTO audit_seals (sequence, at, reason, hash, mac, signature) VALUES (?, ?, ?, ?, ?, ?)')
    this.#entry = storage.prepare('SELECT * FROM audit_entries WHERE sequence = ?')
    this.#last = storage.prepare('SELECT * FROM audit_entries ORDER BY sequence DESC LIMIT 1')
    this.#first = storage.prepare('SELECT sequence FROM audit_entries ORDER BY sequence LIMIT 1')
    this.#after = storage.prepare('SELECT * FROM audit_entries WHERE sequence > ? ORDER BY sequence LIMIT ?')
    // `json_array` writes what `entryText` does. Where it should not, the entry does not fit and is looked at field by field.
    this.#packedAfter = storage.prepare(
      `SELECT sequence,
         CASE WHEN kind = 'audit.gap' OR length(hash) <> 32 OR length(mac) <> 32 THEN NULL
           ELSE CAST(hash || mac || CAST(json_array(sequence, at, uptime, kind, actor, outcome, subject, details) AS BLOB) AS BLOB) END AS bytes
       FROM audit_entries WHERE sequence > ? ORDER BY sequence LIMIT ?`,
    )
    this.#page = storage.prepare(
      `SELECT * FROM audit_entries
       WHERE sequence < @before AND sequence >= @from AND sequence <= @to AND (@kind IS NULL OR kind = @kind OR substr(kind, 1, length(@kind) + 1) = @kind || '.') AND (@actor IS NULL OR actor = @actor)
         AND (@outcome IS NULL OR outcome = @outcome)
         AND (@text IS NULL OR instr(lower(kind || char(10) || actor || char(10) || coalesce(subject, '') || char(10) || coalesce(details, '')), @text) > 0)
       ORDER BY sequence DESC LIMIT @limit`,
    )
    this.#seals = storage.prepare('SELECT * FROM audit_seals ORDER BY sequence, rowid')
    this.#firstSince = storage.prepare('SELECT sequence FROM audit_entries WHERE at >= ? ORDER BY sequence LIMIT 1')
    this.#deleteEntries = storage.prepare('DELETE FROM audit_entries WHERE sequence IN (SELECT sequence FROM audit_entries WHERE sequence <= ? ORDER BY sequence LIMIT ?)')
    this.#deleteSeals = storage.prepare('DELETE FROM audit_seals WHERE sequence < ?')
    this.#rotatedTo = storage.prepare("SELECT max(sequence) AS sequence FROM audit_seals WHERE reason = 'rotation'")
    this.#outside = storage.prepare('SELECT CAST(sequence AS INTEGER) AS sequence FROM audit_entries WHERE sequence < 1 UNION ALL SELECT CAST(sequence AS INTEGER) FROM audit_entries WHERE sequence > ? LIMIT ?')
    this.#twice = storage.prepare('SELECT CAST(sequence AS INTEGER) AS sequence FROM audit_entries GROUP BY sequence HAVING count(*) > 1 OR sequence IS NULL LIMIT ?')
    this.#isKeyed = storage.prepare("SELECT count(*) AS count FROM pragma_table_info('audit_entries') WHERE name = 'sequence' AND pk = 1 AND type = 'INTEGER'")
  }

  /** All or nothing. */
  append(rows: readonly AuditRow[]): void {
    this.#storage.transaction(() => {
      for (const { sequence, at, uptime, kind, actor, outcome, subject, details, hash, mac } of rows) this.#append.run(sequence, at, uptime, kind, actor, outcome, subject, details, hash, mac)
    })
  }

  addSeal({ sequence, at, reason, hash, mac, signature }: AuditSeal): void {
    this.#addSeal.run(sequence, at, reason, hash, mac, signature)
  }

  entry(sequence: number): (AuditRow & ChainLink) | null {
    return this.#entry.get(sequence)
  }

  last(): AuditRow | null {
    return this.#last.get()
  }

  /** The lowest sequence; 0 where there is none. */
  firstSequence(): number {
    return this.#first.get()?.sequence ?? 0
  }

  /** Entries up to here belong to the log no more, whether they are deleted yet or not. */
  rotatedTo(): number {
    return this.#rotatedTo.get()?.sequence ?? 0
  }

  /** Numbers of entries that no chain up to `end` can hold: beyond its ends, or there twice. */
  strays(end: number): number[] {
    const rows = this.#outside.all(end, mostStrays)
    // The key of the table keeps numbers apart. A table that was made anew may lack it.
    if (this.#isKeyed.get()?.count !== 1) rows.push(...this.#twice.all(mostStrays))
    return rows.map(({ sequence }) => sequence ?? 0)
  }

  /** The next entries after a sequence, oldest first. */
  after(sequence: number, limit: number): AuditRow[] {
    return this.#after.all(sequence, limit)
  }

  /** The same, as they are checked. */
  packedAfter(sequence: number, limit: number): PackedRow[] {
    try {
      return this.#packedAfter.all(sequence, limit)
    } catch {
      // A table that was made anew to hold what this one cannot is no JSON.
      return this.after(sequence, limit).map(packed)
    }
  }

  /** Newest first, only those before a sequence. */
  page({ kind, actor, outcome, text, from, to }: AuditFilter, before: number | null, limit: number): AuditRow[] {
    return this.#page.all({
      kind,
      actor,
      outcome,
      text: text === null || text === '' ? null : text.toLowerCase(),
      from: Math.max(from ?? 1, this.rotatedTo() + 1),
      to: to ?? Number.MAX_SAFE_INTEGER,
      before: before ?? Number.MAX_SAFE_INTEGER,
      limit,
    })
  }

  /** Oldest first. */
  seals(): AuditSeal[] {
    return this.#seals.all()
  }

  /** The sequence of the oldest entry that was written since then; null where all are older. */
  firstSince(at: number): number | null {
    return this.#firstSince.get(at)?.sequence ?? null
  }

  /** Deletes up to `limit` of the oldest entries up to `sequence`, for which a rotation must have been sealed; how many. */
  deleteUpTo(sequence: number, limit: number): number {
    const deleted = this.#deleteEntries.run(sequence, limit)
    if (deleted < limit) this.#deleteSeals.run(sequence)
    return deleted
  }
}
