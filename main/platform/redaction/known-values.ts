import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Span } from './span.ts'

/** Shorter values would be found in ordinary words. */
const leastLength = 6
const mostGram = 16
const filterBits = 16

interface Known {
  length: number
  fingerprint: Buffer
}

/** A part of a value that a probe may hit, and how far into the value it stands. */
interface Entry {
  known: Known
  offset: number
}

/**
 * Finds values that it was shown, without keeping them: keyed hashes of their parts and of the whole. Texts are probed once in `gram` characters; each
 * value stands in the table with as many parts as there are ways for a probe to fall on it. The key lives as long as this object and is kept nowhere.
 */
export class KnownValues {
  readonly #key = randomBytes(32)
  readonly #seed = randomBytes(4).readUInt32LE()
  #known: Known[] = []
  #changes = 0
  #gram = mostGram
  /** The first look at a part takes about four of its characters. */
  #stride = 2
  #filter = new Uint8Array(2 ** filterBits)
  #table = new Map<number, Entry[]>()

  /** Grows with each `set`: what was found not to hold a value may hold one of the new ones. */
  get changes(): number {
    return this.#changes
  }

  /** In place of all values before. `read` shows each one once; shorter ones than 6 characters are left out. */
  set(read: (show: (value: string) => void) => void): void {
    // First: where `read` throws, too, nothing that was remembered holds.
    this.#changes++
    const values: string[] = []
    read(value => {
      for (const form of forms(value)) if (form.length >= leastLength) values.push(form)
    })
    this.#gram = Math.min(mostGram, ...values.map(value => Math.floor((value.length + 1) / 2)))
    this.#stride = Math.max(2, Math.floor(this.#gram / 4))
    this.#filter = new Uint8Array(2 ** filterBits)
    this.#table = new Map()
    this.#known = values.map(value => ({ length: value.length, fingerprint: this.#fingerprint(value) }))
    values.forEach((value, index) => {
      const known = this.#known[index]
      if (known) for (let offset = 0; offset < this.#gram && offset + this.#gram <= value.length; offset++) this.#add(value, { known, offset })
    })
  }

  detect(text: string): Span[] {
    const spans: Span[] = []
    if (this.#known.length === 0) return spans
    for (let at = 0; at + this.#gram <= text.length; at += this.#gram) {
      if (this.#filter[this.#hash(text, at, this.#stride)] === 0) continue
      for (const { known, offset } of this.#table.get(this.#hash(text, at, 1)) ?? []) {
        const start = at - offset
        if (start < 0 || start + known.length > text.length) continue
        if (timingSafeEqual(this.#fingerprint(text.slice(start, start + known.length)), known.fingerprint)) spans.push({ kind: 'own-secret', start, end: start + known.length })
      }
    }
    return spans
  }

  #add(value: string, entry: Entry): void {
    this.#filter[this.#hash(value, entry.offset, this.#stride)] = 1
    const hash = this.#hash(value, entry.offset, 1)
    const entries = this.#table.get(hash)
    if (entries) entries.push(entry)
    else this.#table.set(hash, [entry])
  }

  /** Over every `stride`-th character of a part; with 1 over all of them. */
  #hash(text: string, at: number, stride: number): number {
    let hash = this.#seed
    for (let index = at; index < at + this.#gram; index += stride) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0
    return stride === 1 ? hash : hash >>> (32 - filterBits)
  }

  #fingerprint(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest()
  }
}

/** The value as it may stand in a text: as it is, without the line end a file gave it, in base64, in an address, in JSON. */
function forms(value: string): Set<string> {
  const bare = value.trim()
  const base64 = Buffer.from(bare, 'utf8').toString('base64')
  return new Set([value, bare, base64, base64.replace(/=+$/, ''), encode(bare), JSON.stringify(bare).slice(1, -1)])
}

function encode(value: string): string {
  try {
    return encodeURIComponent(value)
  } catch {
    // Half a surrogate pair has no form in an address.
    return value
  }
}
