import type { Prepared, Storage } from '../storage/storage.ts'
import type { LedgerCount, LedgerFilter, LedgerLine } from './ledger-book.ts'

interface Row {
  sequence: number
  at: number
  kind: LedgerLine['kind']
  who: string
  why: string
  target: string
  address: string | null
  port: number | null
  decision: LedgerLine['decision']
  rule: string
  bytes_in: number
  bytes_out: number
  is_ended: number
}

type Values = [number, number, string, string, string, string, string | null, number | null, string, string, number, number, number]
type Wanted = Record<string, string | number | null>

/** The table `ledger`. Every call throws as `Storage` does. */
export class LedgerTable {
  readonly #storage: Storage
  readonly #put: Prepared<Values, never>
  readonly #prune: Prepared<[number], never>
  readonly #forget: Prepared<[{ before: number; now: number }], never>
  readonly #bounds: Prepared<[], { last: number | null; first: number | null }>
  readonly #counts: Prepared<[number], LedgerCount>
  readonly #lines: Prepared<[Wanted], Row>

  constructor(storage: Storage) {
    this.#storage = storage
    this.#put = storage.prepare(
      `INSERT INTO ledger (sequence, at, kind, who, why, target, address, port, decision, rule, bytes_in, bytes_out, is_ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sequence) DO UPDATE SET bytes_in = excluded.bytes_in, bytes_out = excluded.bytes_out, is_ended = excluded.is_ended`,
    )
    this.#prune = storage.prepare('DELETE FROM ledger WHERE sequence <= ?')
    this.#forget = storage.prepare('DELETE FROM ledger WHERE at < @before AND sequence < coalesce((SELECT min(sequence) FROM ledger WHERE at BETWEEN @before AND @now), 9223372036854775807)')
    this.#bounds = storage.prepare('SELECT (SELECT max(sequence) FROM ledger) AS last, (SELECT at FROM ledger ORDER BY sequence LIMIT 1) AS first')
    this.#counts = storage.prepare('SELECT kind, who, decision, count(*) AS count FROM ledger WHERE at >= ? GROUP BY kind, who, decision')
    this.#lines = storage.prepare(
      `SELECT * FROM ledger
       WHERE (@kind IS NULL OR kind = @kind) AND (@who IS NULL OR who = @who) AND (@decision IS NULL OR decision = @decision) AND (@target IS NULL OR lower(target) = @target) AND at >= @from AND at < @until AND sequence < @before
         AND (@text IS NULL OR instr(lower(target || char(10) || coalesce(address, '') || char(10) || who || char(10) || why || char(10) || rule), @text) > 0)
       ORDER BY sequence DESC LIMIT @limit`,
    )
  }

  /** The highest number given so far; 0 where there is none. */
  last(): number {
    return this.#bounds.get()?.last ?? 0
  }

  beginning(): Date | null {
    const first = this.#bounds.get()?.first
    return first === null || first === undefined ? null : new Date(first)
  }

  /** Writes the lines and drops all up to `droppedTo`, all or nothing. */
  write(lines: readonly LedgerLine[], droppedTo: number): void {
    this.#storage.transaction(() => {
      for (const line of lines) {
        const { sequence, at, kind, who, why, target, address, port, decision, rule, bytesIn, bytesOut, isEnded } = line
        this.#put.run(sequence, at.getTime(), kind, who, why, target, address ?? null, port ?? null, decision, rule, bytesIn, bytesOut, Number(isEnded))
      }
      if (droppedTo > 0) this.#prune.run(droppedTo)
    })
  }

  /** Lines before that time, and before the first line of a later one: what came after that was written while the clock was behind. */
  forget(before: Date, now: Date): number {
    return this.#forget.run({ before: before.getTime(), now: now.getTime() })
  }

  counts(since: Date): LedgerCount[] {
    return this.#counts.all(since.getTime())
  }

  lines({ kind, who, decision, target, text, from, until, before }: LedgerFilter, limit: number): LedgerLine[] {
    const farthest = Number.MAX_SAFE_INTEGER
    const wanted = {
      kind: kind ?? null,
      who: who ?? null,
      decision: decision ?? null,
      target: target?.toLowerCase() ?? null,
      text: text ? text.toLowerCase() : null,
      from: from?.getTime() ?? 0,
      until: until?.getTime() ?? farthest,
      before: before ?? farthest,
      limit,
    }
    return this.#lines.all(wanted).map(lineOf)
  }
}

function lineOf({ sequence, at, kind, who, why, target, address, port, decision, rule, bytes_in, bytes_out, is_ended }: Row): LedgerLine {
  return {
    sequence,
    at: new Date(at),
    kind,
    who,
    why,
    target,
    ...(address === null ? {} : { address }),
    ...(port === null ? {} : { port }),
    decision,
    rule,
    bytesIn: bytes_in,
    bytesOut: bytes_out,
    isEnded: is_ended === 1,
  }
}
