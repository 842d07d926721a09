import { randomBytes, scrypt } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { z } from 'zod'
import { syncFolder } from '../files/replace-file.ts'
import { passphraseCost } from '../vault/passphrase-cost.ts'
import { dirname } from 'node:path'
import { noncePrefixBytes, seal, SealBroken, unseal } from './sealed-stream.ts'

const magic = 'CORTEX SEALED 1\n'
const longestHeaderBytes = 1024
const chunkBytes = 65_536
const mostMemoryBytes = 256 * 1024 * 1024

const Header = z.object({
  n: z.number().int().min(2).max(1_048_576),
  r: z.number().int().min(1).max(32),
  p: z.number().int().min(1).max(4),
  salt: z.string().regex(/^[0-9a-f]{64}$/),
  noncePrefix: z.string().regex(/^[0-9a-f]{14}$/),
  chunkBytes: z.number().int().min(1024).max(1_048_576),
})
type Header = z.infer<typeof Header>

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt)

/** Seals a stream into a new file with a passphrase; `cost` is N of scrypt. The file appears whole or not at all; throws the system's EEXIST where one stands already. */
export async function writeSealedFile(path: string, passphrase: string, source: AsyncIterable<Buffer>, cost = passphraseCost): Promise<void> {
  const header: Header = { n: cost, r: 8, p: 1, salt: randomBytes(32).toString('hex'), noncePrefix: randomBytes(noncePrefixBytes).toString('hex'), chunkBytes }
  const context = Buffer.from(`${magic}${JSON.stringify(header)}\n`)
  const sealing = { ...(await sealingOf(header, passphrase)), context }
  // Takes the name, so that nothing that comes meanwhile is overwritten.
  await (await open(path, 'wx', 0o600)).close()
  const part = `${path}.${randomBytes(6).toString('hex')}.part`
  try {
    const handle = await open(part, 'wx', 0o600)
    try {
      await handle.write(context)
      for await (const chunk of seal(source, sealing)) await handle.writeFile(chunk)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    await rm(path, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** What was sealed. Throws SealBroken for another passphrase, a file that is none of ours, or one that was changed or cut short. */
export async function* readSealedFile(path: string, passphrase: string): AsyncGenerator<Buffer, void, void> {
  const { header, context } = await readHeader(path)
  const sealing = { ...(await sealingOf(header, passphrase)), context }
  // A stream of buffers, for no encoding is given.
  yield* unseal(createReadStream(path, { start: context.length }) as AsyncIterable<Buffer>, sealing)
}

async function readHeader(path: string): Promise<{ header: Header; context: Buffer }> {
  const handle = await open(path, 'r')
  try {
    const start = Buffer.alloc(longestHeaderBytes)
    const { bytesRead } = await handle.read(start, 0, longestHeaderBytes, 0)
    const text = start.subarray(0, bytesRead)
    const end = text.indexOf(10, magic.length)
    if (end < 0 || text.subarray(0, magic.length).toString('latin1') !== magic) throw new SealBroken('no file of this kind')
    const header = Header.safeParse(parseJson(text.subarray(magic.length, end).toString('utf8')))
    if (!header.success || 128 * header.data.n * header.data.r > mostMemoryBytes) throw new SealBroken('no header of this kind')
    return { header: header.data, context: Buffer.from(text.subarray(0, end + 1)) }
  } finally {
    await handle.close()
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function sealingOf(header: Header, passphrase: string): Promise<{ key: Buffer; noncePrefix: Buffer; chunkBytes: number }> {
  const { n, r, p } = header
  const key = await derive(passphrase.normalize('NFC'), Buffer.from(header.salt, 'hex'), 32, { N: n, r, p, maxmem: 2 * mostMemoryBytes })
  return { key, noncePrefix: Buffer.from(header.noncePrefix, 'hex'), chunkBytes: header.chunkBytes }
}
