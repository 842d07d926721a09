import { hash, type KeyObject } from 'node:crypto'
import { entryText, type AuditRow, type ChainLink } from './audit-entry.ts'

/** An entry as it is checked: its hash (32 bytes), its MAC (32) and its text in UTF-8. Null where it has to be looked at field by field. */
export interface PackedRow {
  sequence: number
  bytes: Buffer | null
}

const linkBytes = 32
const blockBytes = 64
/** Longer entries are checked field by field. */
const mostText = 64 * 1024

/** As the database packs it; see `AuditTable.packedAfter`. */
export function packed(row: AuditRow): PackedRow {
  const isPlain = row.kind !== 'audit.gap' && row.hash.length === linkBytes && row.mac.length === linkBytes
  return { sequence: row.sequence, bytes: isPlain ? Buffer.concat([row.hash, row.mac, Buffer.from(entryText(row))]) : null }
}

/**
 * Says of packed entries, one after the other, whether both links fit. It does what `nextHash` and `nextMac` do, with HMAC (RFC 2104) made of two one-shot
 * hashes over bytes that stay where they are: a million entries take a third of the time.
 */
export class LinkCheck {
  /** The inner pad of the key, the former link, the text. */
  readonly #inner = Buffer.alloc(blockBytes + linkBytes + mostText)
  /** The outer pad of the key, the inner hash. */
  readonly #outer = Buffer.alloc(blockBytes + linkBytes)

  constructor(key: KeyObject) {
    const bytes = key.export()
    if (bytes.length > blockBytes) throw new Error('The key is longer than a block')
    for (let index = 0; index < blockBytes; index++) {
      const byte = bytes[index] ?? 0
      this.#inner[index] = byte ^ 0x36
      this.#outer[index] = byte ^ 0x5c
    }
    bytes.fill(0)
  }

  fits(former: ChainLink, bytes: Buffer): boolean {
    const length = bytes.length - 2 * linkBytes
    if (length < 0 || length > mostText) return false
    const end = blockBytes + linkBytes + length
    bytes.copy(this.#inner, blockBytes + linkBytes, 2 * linkBytes)
    former.hash.copy(this.#inner, blockBytes)
    if (hash('sha256', this.#inner.subarray(blockBytes, end), 'binary') !== bytes.toString('latin1', 0, linkBytes)) return false
    former.mac.copy(this.#inner, blockBytes)
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'binary'), blockBytes, 'latin1')
    return hash('sha256', this.#outer, 'binary') === bytes.toString('latin1', linkBytes, 2 * linkBytes)
  }

  /** Nothing fits afterwards. */
  forgetKey(): void {
    this.#inner.fill(0)
    this.#outer.fill(0)
  }
}
