import { hkdfSync, randomBytes } from 'node:crypto'
import { constants, createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { noncePrefixBytes, seal, SealBroken, unseal } from '../../platform/storage/sealed-stream.ts'
import type { Vault } from '../../platform/vault/vault.ts'

const magic = Buffer.from('CORTEX STATE 1\n')
const saltBytes = 32
const headBytes = magic.length + saltBytes + noncePrefixBytes
const chunkBytes = 65_536

/**
 * Encrypts a file into another with AES-256-GCM, under a key of its own that comes from the vault's; `name` is authenticated with it. It appears whole or not at all.
 * Gives back the size of `from`; 0 where that is larger than `mostBytes`.
 * Throws SealBroken for what is no plain file, as a process that is not trusted could have left it there.
 */
export async function sealState(vault: Vault, { from, to, name, mostBytes }: { from: string; to: string; name: string; mostBytes: number }): Promise<number> {
  await using file = await openPlain(from)
  const { size } = await file.stat()
  if (size === 0 || size > mostBytes) return 0

  const salt = randomBytes(saltBytes)
  const noncePrefix = randomBytes(noncePrefixBytes)
  const head = Buffer.concat([magic, salt, noncePrefix])
  const part = `${to}.${randomBytes(6).toString('hex')}.part`
  try {
    const source = seal(file.createReadStream({ autoClose: false, start: 0, end: size - 1 }) as AsyncIterable<Buffer>, { key: keyOf(vault, salt), noncePrefix, context: Buffer.concat([head, Buffer.from(name)]), chunkBytes })
    await pipeline(Readable.from(withHead(head, source)), createWriteStream(part, { flags: 'wx', mode: 0o600 }))
    await rename(part, to)
    return size
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** The way back. Throws SealBroken for a file of another name or key, or one that was changed. */
export async function unsealState(vault: Vault, { from, to, name }: { from: string; to: string; name: string }): Promise<void> {
  const head = await readHead(from)
  const salt = head.subarray(magic.length, magic.length + saltBytes)
  const noncePrefix = head.subarray(magic.length + saltBytes)
  const source = createReadStream(from, { start: headBytes }) as AsyncIterable<Buffer>
  await pipeline(Readable.from(unseal(source, { key: keyOf(vault, salt), noncePrefix, context: Buffer.concat([head, Buffer.from(name)]), chunkBytes })), createWriteStream(to, { flags: 'wx', mode: 0o600 }))
}

/** Follows no link, waits for no pipe. */
async function openPlain(path: string): Promise<FileHandle> {
  // Windows has not the last two: what is undefined counts as 0 here.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new SealBroken('no plain file')
}

async function* withHead(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  yield head
  yield* rest
}

async function readHead(path: string): Promise<Buffer> {
  await using file = await open(path)
  const head = Buffer.alloc(headBytes)
  const { bytesRead } = await file.read(head, 0, headBytes, 0)
  if (bytesRead < headBytes || !head.subarray(0, magic.length).equals(magic)) throw new SealBroken('no file of this kind')
  return head
}

function keyOf(vault: Vault, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', vault.key('files'), salt, 'prompt states', 32))
}
