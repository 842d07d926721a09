import { createCipheriv, createDecipheriv } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const tagBytes = 16
const prefixBytes = 7
export const noncePrefixBytes = prefixBytes
const mostChunks = 2 ** 32

interface Sealing {
  /** 32 bytes. */
  key: Buffer
  /** 7 random bytes, never used twice with the same key. */
  noncePrefix: Buffer
  /** Authenticated with every chunk. */
  context: Buffer
  chunkBytes: number
}

/** What was sealed does not open: another key, a changed byte, chunks in another order, or an end that is missing. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken'
}

/**
 * Encrypts a stream in chunks, each with its number and whether it is the last in its nonce, as the STREAM construction does: a chunk that
 * is changed, moved, left out or missing at the end is found. Memory holds two chunks.
 */
export async function* seal(source: AsyncIterable<Buffer>, sealing: Sealing): AsyncGenerator<Buffer, void, void> {
  let count = 0
  for await (const { chunk, isLast } of chunked(source, sealing.chunkBytes)) {
    const cipher = createCipheriv(algorithm, sealing.key, nonceOf(sealing, count++, isLast), { authTagLength: tagBytes })
    cipher.setAAD(sealing.context)
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()])
  }
}

/** The way back. Throws SealBroken; what it yielded before was as it was sealed, but the whole is only once it has ended. */
export async function* unseal(source: AsyncIterable<Buffer>, sealing: Sealing): AsyncGenerator<Buffer, void, void> {
  let count = 0
  for await (const { chunk, isLast } of chunked(source, sealing.chunkBytes + tagBytes)) {
    if (chunk.length < tagBytes) throw new SealBroken('too short')
    const decipher = createDecipheriv(algorithm, sealing.key, nonceOf(sealing, count++, isLast), { authTagLength: tagBytes })
    decipher.setAAD(sealing.context)
    decipher.setAuthTag(chunk.subarray(chunk.length - tagBytes))
    const text = decipher.update(chunk.subarray(0, chunk.length - tagBytes))
    try {
      decipher.final()
    } catch (error) {
      throw new SealBroken('a chunk is not as it was sealed', { cause: error })
    }
    yield text
  }
}

/** Chunks of exactly `size` bytes and a last one of at most that; one empty chunk for an empty stream. */
async function* chunked(source: AsyncIterable<Buffer>, size: number): AsyncGenerator<{ chunk: Buffer; isLast: boolean }, void, void> {
  let waiting: Buffer[] = []
  let length = 0
  for await (const part of source) {
    waiting.push(part)
    length += part.length
    // One byte more than a chunk tells that it is not the last.
    while (length > size) {
      const all = Buffer.concat(waiting)
      yield { chunk: all.subarray(0, size), isLast: false }
      waiting = [all.subarray(size)]
      length -= size
    }
  }
  yield { chunk: Buffer.concat(waiting), isLast: true }
}

function nonceOf({ noncePrefix }: Sealing, count: number, isLast: boolean): Buffer {
  if (count >= mostChunks) throw new RangeError('Too much for one seal')
  const nonce = Buffer.alloc(prefixBytes + 5)
  noncePrefix.copy(nonce)
  nonce.writeUInt32BE(count, prefixBytes)
  nonce[prefixBytes + 4] = isLast ? 1 : 0
  return nonce
}
