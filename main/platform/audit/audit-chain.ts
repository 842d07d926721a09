import type { KeyObject } from 'node:crypto'
import type { Clock } from '../clock/clock.ts'
import type { Storage } from '../storage/storage.ts'
import { publicKeyOf } from '../vault/signing-key.ts'
import type { Vault } from '../vault/vault.ts'
import { auditKey, chained, chainStart, type AuditRow, type ChainLink, type PendingEntry } from './audit-entry.ts'
import { AuditHeadFile, isEqual, type AuditHead, type HeadReading } from './audit-head.ts'
import { makeSeal, type AuditSeal, type SealReason } from './audit-seal.ts'
import { AuditTable } from './audit-table.ts'
import type { AuditEvidence } from './verify-audit.ts'

interface Options {
  storage: Storage
  vault: Vault
  headPath: string
  clock: Clock
}

/** What did not fit together when the chain was opened. It is written into the chain, and the numbers that are gone are not given again. */
export interface OpeningGap {
  finding: 'entries-missing' | 'last-entry-differs' | 'head-behind' | 'head-missing' | 'head-damaged' | 'head-foreign'
  /** The numbers that are gone; 0 where none are known to be. */
  from: number
  to: number
}

/**
 * The chain of one open database. A commit goes in three steps: the head file gets the new head as intended (durable), the entries are committed,
 * the head file gets it as confirmed. Killed at any point, the database ends at one of the two; anything else is told as a gap.
 */
export class AuditChain {
  readonly table: AuditTable
  readonly gap: OpeningGap | null
  /** The last entry as it was found; null where there is none. */
  readonly lastFound: AuditRow | null
  readonly #vault: Vault
  readonly #clock: Clock
  readonly #key: KeyObject
  readonly #head: AuditHeadFile
  #sequence: number
  #link: ChainLink
  #seal: AuditSeal | null

  constructor({ storage, vault, headPath, clock }: Options) {
    this.#vault = vault
    this.#clock = clock
    const key = vault.key('audit')
    this.#key = auditKey(key, 'entries')
    this.#head = new AuditHeadFile(headPath, auditKey(key, 'head'))
    this.table = new AuditTable(storage)
    this.lastFound = this.table.last()
    this.#seal = this.table.seals().at(-1) ?? null
    const reading = this.#head.read()
    this.gap = openingGap(this.lastFound, reading, sequence => this.table.entry(sequence))
    this.#link = this.lastFound ?? chainStart
    this.#sequence = Math.max(this.lastFound?.sequence ?? 0, this.#seal?.sequence ?? 0, reading.status === 'ok' ? reading.head.confirmed.sequence : 0)
    // A kill after the last commit left that one as intended.
    if (!this.gap && this.#sequence > 0) this.#confirm()
  }

  get sequence(): number {
    return this.#sequence
  }

  get lastSeal(): AuditSeal | null {
    return this.#seal
  }

  /** The chain as it stands now, for `verifyAudit`. */
  evidence(): AuditEvidence {
    return {
      key: this.#key,
      publicKey: publicKeyOf(this.#vault),
      rowsAfter: (sequence, limit) => this.table.packedAfter(sequence, limit),
      entry: sequence => this.table.entry(sequence),
      strays: this.table.strays(this.#sequence),
      seals: this.table.seals(),
      head: this.#head.read(),
      end: this.#sequence,
    }
  }

  /** Durable on return, all or nothing; throws as `Storage` does. */
  append(entries: readonly PendingEntry[]): void {
    if (entries.length === 0) return
    let link = this.#link
    let sequence = this.#sequence
    const rows = entries.map((entry): AuditRow => {
      const row = chained(this.#key, link, { ...entry, sequence: ++sequence })
      link = row
      return row
    })
    this.#head.write(this.#headNow({ sequence, mac: link.mac.toString('base64') }), { isDurable: true })
    this.table.append(rows)
    this.#link = { hash: link.hash, mac: link.mac }
    this.#sequence = sequence
    this.#confirm()
  }

  /** Seals the chain as it stands, unless that is done; throws as `Storage` does. */
  seal(reason: SealReason): AuditSeal | null {
    const isSealed = this.#seal !== null && this.#seal.sequence === this.#sequence
    if (this.#sequence === 0 || isSealed) return this.#seal
    return this.#addSeal({ sequence: this.#sequence, ...this.#link }, reason)
  }

  /** Seals the place that the chain will begin after, so that the table lets go of what is older. */
  sealRotation(sequence: number): AuditSeal | null {
    const entry = this.table.entry(sequence)
    return entry && this.#addSeal(entry, 'rotation')
  }

  close(): void {
    this.#head.close()
  }

  #addSeal({ sequence, hash, mac }: ChainLink & { sequence: number }, reason: SealReason): AuditSeal {
    const seal = makeSeal(this.#vault, { sequence, at: this.#clock.now().getTime(), reason, hash, mac })
    this.table.addSeal(seal)
    if (!this.#seal || sequence >= this.#seal.sequence) this.#seal = seal
    this.#confirm()
    return seal
  }

  /** The entries are kept: a head that cannot follow now still names them as intended. */
  #confirm(): void {
    try {
      this.#head.write(this.#headNow(null), { isDurable: false })
    } catch {
      // The next commit writes it again, and is refused if it cannot.
    }
  }

  #headNow(intended: AuditHead['intended']): AuditHead {
    const seal = this.#seal && { sequence: this.#seal.sequence, signature: this.#seal.signature.toString('base64') }
    return { confirmed: { sequence: this.#sequence, mac: this.#link.mac.toString('base64') }, intended, seal }
  }
}

/** Compares where the database ends with what the head file says. */
export function openingGap(last: AuditRow | null, reading: HeadReading, entry: (sequence: number) => AuditRow | null): OpeningGap | null {
  const none = { from: 0, to: 0 }
  if (reading.status !== 'ok') return { finding: `head-${reading.status}`, ...none }
  const { confirmed, intended } = reading.head
  const sequence = last?.sequence ?? 0
  const isAt = (place: AuditHead['intended']): boolean => place !== null && place.sequence === sequence && isEqual(Buffer.from(place.mac, 'base64'), (last ?? chainStart).mac)
  if (isAt(confirmed) || isAt(intended)) return null
  const end = intended !== null && sequence > confirmed.sequence ? intended : confirmed
  if (sequence < end.sequence) return { finding: 'entries-missing', from: sequence + 1, to: end.sequence }
  const known = sequence === end.sequence ? null : entry(end.sequence)
  return { finding: known && isEqual(known.mac, Buffer.from(end.mac, 'base64')) ? 'head-behind' : 'last-entry-differs', ...none }
}
