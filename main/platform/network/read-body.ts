import type { IncomingMessage } from 'node:http'
import { pipeline, type Duplex, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { AppError } from '#shared/errors.ts'

const decoders: Record<string, () => Duplex> = { gzip: createGunzip, 'x-gzip': createGunzip, br: createBrotliDecompress, deflate: createInflate }
const mostLayers = 2

/** The body, decompressed. Throws EGRESS_TOO_LARGE beyond the limit, before or after decompression, and EGRESS_FAILED for an encoding that is not known. */
export async function* readBody(response: IncomingMessage, host: string, limitBytes: number): AsyncGenerator<Uint8Array, void, void> {
  const announced = Number(response.headers['content-length'] ?? 0)
  const tooLarge = (): AppError => new AppError('EGRESS_TOO_LARGE', { host, limitBytes })
  try {
    if (announced > limitBytes) throw tooLarge()
    let read = 0
    for await (const chunk of decoded(response, host, limited(response, limitBytes, tooLarge))) {
      // Streams of the network and of zlib give buffers.
      const bytes = chunk as Buffer
      read += bytes.length
      if (read > limitBytes) throw tooLarge()
      yield bytes
    }
  } finally {
    response.destroy()
  }
}

/** The bytes as they come: a stream that decompresses to nothing must not go on for ever either. */
async function* limited(response: IncomingMessage, limitBytes: number, tooLarge: () => AppError): AsyncGenerator<Buffer> {
  let read = 0
  for await (const bytes of received(response)) {
    read += bytes.length
    if (read > limitBytes) throw tooLarge()
    yield bytes
  }
}

/** A connection that is cut makes its stream throw at once, before what came of it was read: that is given first. */
async function* received(response: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* response as AsyncIterable<Buffer>
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') {
      // Null where nothing is left; without an encoding these are buffers.
      for (let left = response.read() as Buffer | null; left !== null; left = response.read() as Buffer | null) yield left
    }
    throw error
  }
}

function decoded(response: IncomingMessage, host: string, raw: AsyncGenerator<Buffer>): AsyncIterable<unknown> {
  const names = (response.headers['content-encoding'] ?? '').toLowerCase().split(',').map(name => name.trim()).filter(name => name !== '' && name !== 'identity')
  if (names.length === 0) return raw
  const layers = names.reverse().map(name => decoders[name])
  if (names.length > mostLayers || layers.some(layer => layer === undefined)) throw new AppError('EGRESS_FAILED', { host, reason: 'its answer is packed in a way that is not known' })
  const streams = layers.flatMap(layer => layer?.() ?? [])
  const last = streams.at(-1)
  if (!last) return raw
  // Ends all of them, with the error, whichever ends first; reading the last one throws it.
  pipeline([raw, ...streams] as unknown as [Readable, Duplex], error => {
    if (error && !last.destroyed) last.destroy(error)
  })
  return last
}
