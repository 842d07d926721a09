import { createHash, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { closeSync, fdatasyncSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { AppError } from '#shared/errors.ts'
import { errnoOf, isNoRoom } from '../files/file-errors.ts'
import { writeDurably } from '../vault/write-durably.ts'
import { auditKey, chainStart } from './audit-entry.ts'

/** One sector: a write of it is whole or has not happened. */
const fileBytes = 512

const Place = z.object({ sequence: z.number().int().nonnegative(), mac: z.base64() })
const Head = z.object({ confirmed: Place, intended: Place.nullable(), seal: z.object({ sequence: z.number().int(), signature: z.base64() }).nullable() })
const Signed = z.object({ key: z.string(), head: Head, mac: z.base64() })

/** The last entry of the chain: where it stood after a commit, and where it was about to stand. MACs and signatures are base64. */
export type AuditHead = z.infer<typeof Head>
export type HeadPlace = z.infer<typeof Place>

export type HeadReading = { status: 'ok'; head: AuditHead } | { status: 'missing' | 'damaged' | 'foreign' }

/** The second file that says where the chain ends. A lock of the profile keeps every other writer out. */
export class AuditHeadFile {
  readonly #path: string
  readonly #key: KeyObject
  #descriptor: number | null = null

  constructor(path: string, key: KeyObject) {
    this.#path = path
    this.#key = key
  }

  read(): HeadReading {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { status: 'missing' }
      return { status: 'damaged' }
    }
    const signed = Signed.safeParse(parsed(text)).data
    if (!signed) return { status: 'damaged' }
    if (signed.key !== keyName(this.#key)) return { status: 'foreign' }
    return isEqual(Buffer.from(signed.mac, 'base64'), this.#mac(signed.head)) ? { status: 'ok', head: signed.head } : { status: 'damaged' }
  }

  /** Throws STORAGE_FULL or STORAGE_LOCKED. What is not yet durable may only lag behind. */
  write(head: AuditHead, { isDurable }: { isDurable: boolean }): void {
    const text = JSON.stringify({ key: keyName(this.#key), head, mac: this.#mac(head).toString('base64') })
    const bytes = Buffer.from(text.padEnd(fileBytes - 1).concat('\n'))
    try {
      this.#descriptor ??= this.#openWhole()
      if (this.#descriptor === null) {
        // It comes into being whole, under its name for good: half of one would look like tampering.
        writeDurably(this.#path, bytes)
        return
      }
      // Written in place: the room is taken once, so that a full disk does not keep the head from following.
      if (writeSync(this.#descriptor, bytes, 0, fileBytes, 0) !== fileBytes) throw Object.assign(new Error('Only a part was written'), { code: 'ENOSPC' })
      if (isDurable) fdatasyncSync(this.#descriptor)
    } catch (error) {
      this.close()
      if (isNoRoom(error)) throw new AppError('STORAGE_FULL', { path: this.#path }, { cause: error })
      throw new AppError('STORAGE_LOCKED', { path: this.#path, reason: 'the head of the audit log may not be written' }, { cause: error })
    }
  }

  close(): void {
    if (this.#descriptor === null) return
    const descriptor = this.#descriptor
    this.#descriptor = null
    closeSync(descriptor)
  }

  /** Null where there is none of the right length to write into. */
  #openWhole(): number | null {
    let descriptor: number
    try {
      descriptor = openSync(this.#path, 'r+')
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null
      throw error
    }
    if (fstatSync(descriptor).size === fileBytes) return descriptor
    closeSync(descriptor)
    return null
  }

  #mac(head: AuditHead): Buffer {
    return createHmac('sha256', this.#key).update(JSON.stringify(Head.parse(head))).digest()
  }
}

/** Writes the head of a log that has no entry yet. It comes before the key is kept: where a profile has a key and no head, somebody took the head away. Throws as `write`. */
export function beginHead(path: string, key: Buffer): void {
  const head = new AuditHeadFile(path, auditKey(key, 'head'))
  try {
    head.write({ confirmed: { sequence: 0, mac: chainStart.mac.toString('base64') }, intended: null, seal: null }, { isDurable: true })
  } finally {
    head.close()
  }
}

/** Tells keys apart without saying anything of them. */
export function keyName(key: KeyObject): string {
  return createHash('sha256').update('cortex key name').update(key.export()).digest('hex').slice(0, 16)
}

export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
