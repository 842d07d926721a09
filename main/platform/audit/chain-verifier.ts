import type { KeyObject } from 'node:crypto'
import { chainStart, entryText, nextHash, nextMac, type AuditRow, type ChainLink } from './audit-entry.ts'
import { isEqual } from './audit-head.ts'
import { inRanges, type Finding } from './audit-findings.ts'
import { explainBroken, type BrokenRow } from './explain-broken.ts'
import { LinkCheck, type PackedRow } from './link-check.ts'

/** Beyond this many, rows are only named as a range. */
const mostExplained = 256

/** Walks a chain, oldest entry first, and names what does not fit. It knows nothing of files and databases. */
export class ChainVerifier {
  readonly #key: KeyObject
  readonly #check: LinkCheck
  readonly #findings: Finding[] = []
  readonly #broken: BrokenRow[] = []
  readonly #unexplained: number[] = []
  /** As the rows say, or as it follows from their content where only the link itself was edited. */
  #link: ChainLink
  #sequence: number
  /** The row before, whose MAC did not fit: what it would be if only the MAC was edited. */
  #suspect: { row: BrokenRow; mac: Buffer } | null = null
  /** Rows at the end whose hashes fit and whose MACs do not: another key made them. */
  #foreign: { from: number; count: number } | null = null
  #gapEnds = false
  #count = 0

  /** `start` is where the chain begins: null for its very first entry, else where a sealed rotation cut it. */
  constructor(key: KeyObject, start: (ChainLink & { sequence: number }) | null) {
    this.#key = key
    this.#check = new LinkCheck(key)
    this.#link = start ?? chainStart
    this.#sequence = start?.sequence ?? 0
  }

  get count(): number {
    return this.#count
  }

  /** The last entry so far. */
  get sequence(): number {
    return this.#sequence
  }

  get link(): ChainLink {
    return this.#link
  }

  /** Takes an entry that simply follows. False, and nothing has happened, where that is not so: `add` says what it is then. */
  addFitting({ sequence, bytes }: PackedRow): boolean {
    if (bytes === null || sequence !== this.#sequence + 1 || this.#suspect || this.#gapEnds || !this.#check.fits(this.#link, bytes)) return false
    this.#count++
    this.#sequence = sequence
    this.#foreign = null
    this.#link = { hash: bytes.subarray(0, 32), mac: bytes.subarray(32, 64) }
    return true
  }

  add(row: AuditRow): void {
    if (row.sequence > this.#sequence + 1) {
      this.#findings.push({ finding: 'removed', from: this.#sequence + 1, to: row.sequence - 1, field: null, isNoted: false })
      this.#gapEnds = true
    }
    this.#count++
    this.#sequence = row.sequence
    const text = entryText(row)
    const hash = nextHash(this.#link.hash, text)
    const isHashRight = isEqual(hash, row.hash)
    const mac = nextMac(this.#key, this.#link.mac, text)
    if (isEqual(mac, row.mac)) {
      // This row follows from the MAC before it, which is therefore as it was.
      if (this.#suspect) this.#suspect.row.field = 'content'
      // The content is right, as the MAC says: only the hash was edited.
      if (!isHashRight && !this.#gapEnds) this.#findings.push({ finding: 'edited', from: row.sequence, to: row.sequence, field: 'hash', isNoted: false })
      this.#goOn(row, isHashRight || this.#gapEnds ? row.hash : hash)
      this.#noteGap(row)
      return
    }
    if (this.#isOnlyMacOfFormer(text, row)) {
      this.#goOn(row, row.hash)
      return
    }
    // What stood before the gap is gone, and with it what this row would be checked against.
    if (this.#gapEnds) {
      this.#goOn(row, row.hash)
      return
    }
    this.#addBroken(row, mac, isHashRight)
  }

  finish(): Finding[] {
    this.#check.forgetKey()
    const { foreign, broken } = this.#withoutForeign()
    const named = explainBroken(this.#key, broken)
    const ranges = inRanges(this.#unexplained).map(([from, to]): Finding => ({ finding: 'edited', from, to, field: null, isNoted: false }))
    return [...this.#findings, ...named, ...ranges, ...foreign].sort((a, b) => a.from - b.from)
  }

  #goOn(row: AuditRow, hash: Buffer): void {
    this.#link = { hash, mac: row.mac }
    this.#suspect = null
    this.#foreign = null
    this.#gapEnds = false
  }

  #addBroken(row: AuditRow, mac: Buffer, isHashRight: boolean): void {
    const broken: BrokenRow = { row, formerMac: this.#link.mac, field: isHashRight ? 'mac' : 'content' }
    if (this.#broken.length < mostExplained) this.#broken.push(broken)
    else this.#unexplained.push(row.sequence)
    if (isHashRight) this.#foreign = { from: this.#foreign?.from ?? row.sequence, count: (this.#foreign?.count ?? 0) + 1 }
    else this.#foreign = null
    this.#suspect = { row: broken, mac }
    this.#link = { hash: row.hash, mac: row.mac }
  }

  #isOnlyMacOfFormer(text: string, row: AuditRow): boolean {
    if (!this.#suspect || !isEqual(nextMac(this.#key, this.#suspect.mac, text), row.mac)) return false
    this.#suspect.row.field = 'mac'
    return true
  }

  /** What a start found and wrote down. The numbers that are gone have just been told. */
  #noteGap({ kind, sequence, details }: AuditRow): void {
    if (kind !== 'audit.gap' || details === null) return
    // The MAC fits: Cortex wrote it.
    const { finding } = JSON.parse(details) as { finding: string }
    const last = this.#findings.at(-1)
    if (finding === 'entries-missing') {
      if (last?.finding === 'removed' && last.to === sequence - 1) last.isNoted = true
    } else if (finding === 'head-missing' || finding === 'head-damaged' || finding === 'head-foreign' || finding === 'head-behind' || finding === 'last-entry-differs') {
      this.#findings.push({ finding, from: sequence, to: sequence, field: null, isNoted: true })
    }
  }

  #withoutForeign(): { foreign: Finding[]; broken: BrokenRow[] } {
    const foreign = this.#foreign
    if (!foreign || foreign.count < 3) return { foreign: [], broken: this.#broken }
    this.#unexplained.splice(0, this.#unexplained.length, ...this.#unexplained.filter(sequence => sequence < foreign.from))
    return { foreign: [{ finding: 'other-key', from: foreign.from, to: this.#sequence, field: null, isNoted: false }], broken: this.#broken.filter(({ row }) => row.sequence < foreign.from) }
  }
}
