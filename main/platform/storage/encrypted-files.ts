import { createHmac, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import { errnoOf } from '../files/file-errors.ts'
import { replaceFile } from '../files/replace-file.ts'
import type { Vault } from '../vault/vault.ts'
import { noncePrefixBytes, seal, SealBroken, unseal } from './sealed-stream.ts'

const chunkBytes = 65_536

/**
 * Files that later features keep beside the database, such as caches: encrypted with a key of the vault, under names that say nothing. A file
 * appears whole or not at all. Calls throw STORAGE_LOCKED while the vault is locked.
 */
export class EncryptedFiles {
  readonly #folder: string
  readonly #vault: Vault

  constructor(folder: string, vault: Vault) {
    this.#folder = folder
    this.#vault = vault
  }

  /** Throws the system's error where there is no room; what was there before stays. */
  async write(name: string, source: AsyncIterable<Buffer>): Promise<void> {
    const path = this.#pathOf(name)
    const noncePrefix = randomBytes(noncePrefixBytes)
    const chunks: Buffer[] = [noncePrefix]
    for await (const chunk of seal(source, this.#sealing(name, noncePrefix))) chunks.push(chunk)
    fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    await replaceFile(path, Buffer.concat(chunks))
    if (process.platform !== 'win32') fs.chmodSync(path, 0o600)
  }

  /** Null where there is none, and where it is not as it was written: a cache is made again. */
  async read(name: string): Promise<Buffer | null> {
    const path = this.#pathOf(name)
    let bytes: Buffer
    try {
      bytes = fs.readFileSync(path)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null
      throw error
    }
    try {
      const chunks: Buffer[] = []
      for await (const chunk of unseal(only(bytes.subarray(noncePrefixBytes)), this.#sealing(name, bytes.subarray(0, noncePrefixBytes)))) chunks.push(chunk)
      return Buffer.concat(chunks)
    } catch (error) {
      if (error instanceof SealBroken) return null
      throw error
    }
  }

  delete(name: string): void {
    fs.rmSync(this.#pathOf(name), { force: true })
  }

  #pathOf(name: string): string {
    return join(this.#folder, createHmac('sha256', this.#vault.key('files')).update(`name ${name}`).digest('hex'))
  }

  /** A key for each writing: a prefix of 7 random bytes alone would meet itself among very many files. */
  #sealing(name: string, noncePrefix: Buffer) {
    const key = createHmac('sha256', this.#vault.key('files')).update('content').update(noncePrefix).update(name).digest()
    return { key, noncePrefix, context: Buffer.from(name), chunkBytes }
  }
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer, void, void> {
  yield bytes
}
