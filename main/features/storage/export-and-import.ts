import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#shared/errors.ts'
import { errnoOf, readError, writeError } from '../../platform/files/file-errors.ts'
import type { DatabaseKeeper } from '../../platform/storage/database-keeper.ts'
import { importContent } from '../../platform/storage/import-content.ts'
import { readSealedFile, writeSealedFile } from '../../platform/storage/sealed-file.ts'
import { SealBroken } from '../../platform/storage/sealed-stream.ts'
import type { VaultStorage } from '../../platform/storage/vault-storage.ts'

const lengthBytes = 4
const longestManifestBytes = 2_000_000

const Manifest = z.object({
  version: z.literal(1),
  /** Of the database in the file: made for it alone, it opens nothing else. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  databaseBytes: z.number().int().positive(),
  /** Text of the person's settings file; null where there was none. */
  settings: z.string().max(1_000_000).nullable(),
})
type Manifest = z.infer<typeof Manifest>

export interface Imported {
  conversations: number
  documents: number
  isSettingsTaken: boolean
  /** Keys of settings that an import may not set. */
  settingsLeftOut: string[]
}

interface Dependencies {
  folder: string
  storage: VaultStorage
  keeper: DatabaseKeeper
  /** N of scrypt for an export. */
  cost: number
  settings: { adopt(text: string): Promise<{ isTaken: boolean; leftOut: string[] }> }
}

/** One sealed file with all that a person would miss, and the way back. Keys, secrets, audit log and ledger stay with the profile they belong to. */
export class ExportAndImport {
  readonly #dependencies: Dependencies
  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async exportTo(path: string, passphrase: string): Promise<{ path: string; sizeBytes: number }> {
    const { folder, keeper, cost } = this.#dependencies
    if (!isAbsolute(path)) throw new AppError('FILE_NAME_INVALID', { name: path, reason: 'the path is not absolute' })
    const copy = join(folder, 'cortex.db.export')
    const key = randomBytes(32)
    try {
      await keeper.copyContent(copy, key, ['events', 'documents'])
      const manifest: Manifest = { version: 1, key: key.toString('hex'), databaseBytes: (await stat(copy)).size, settings: await textIfThere(this.#settingsPath()) }
      await writeSealedFile(path, passphrase, payload(manifest, copy), cost)
      return { path, sizeBytes: (await stat(path)).size }
    } catch (error) {
      throw writeError(error, path)
    } finally {
      await rm(copy, { force: true })
    }
  }

  /** Throws EXPORT_UNREADABLE before anything was changed. */
  async importFrom(path: string, passphrase: string): Promise<Imported> {
    const { folder, storage, keeper, settings: here } = this.#dependencies
    const copy = join(folder, 'cortex.db.import')
    try {
      const { key, settings } = await unpack(path, passphrase, copy)
      if ((await keeper.checkFile(copy, Buffer.from(key, 'hex'))).length > 0) throw new AppError('EXPORT_UNREADABLE', { path, reason: 'the database in it is damaged' })
      const { streams, documents } = await importContent(storage, copy, Buffer.from(key, 'hex'))
      // Lists that are kept in memory are read anew.
      storage.reopen()
      // Settings that are here already win.
      const { isTaken, leftOut } = settings === null ? { isTaken: false, leftOut: [] } : await here.adopt(settings)
      return { conversations: streams, documents, isSettingsTaken: isTaken, settingsLeftOut: leftOut }
    } catch (error) {
      if (error instanceof SealBroken) throw new AppError('EXPORT_UNREADABLE', { path, reason: 'the passphrase is another one, or the file is damaged, cut short or no export of Cortex' }, { cause: error })
      if (error instanceof AppError) throw error
      throw readError(error, path)
    } finally {
      for (const end of ['', '-wal', '-shm', '-journal']) await rm(`${copy}${end}`, { force: true })
    }
  }

  #settingsPath(): string {
    return join(this.#dependencies.folder, 'settings.jsonc')
  }
}

async function* payload(manifest: Manifest, databasePath: string): AsyncGenerator<Buffer, void, void> {
  const head = Buffer.from(JSON.stringify(manifest))
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt32BE(head.length)
  yield Buffer.concat([length, head])
  // A stream of buffers, for no encoding is given.
  yield* createReadStream(databasePath) as AsyncIterable<Buffer>
}

/** Writes the database of a sealed file to `to` and gives the rest. */
async function unpack(path: string, passphrase: string, to: string): Promise<Manifest> {
  let start: Buffer | null = Buffer.alloc(0)
  let manifest: Manifest | null = null
  let written = 0
  const handle = await open(to, 'w', 0o600)
  try {
    for await (const chunk of readSealedFile(path, passphrase)) {
      let rest: Buffer = chunk
      if (start) {
        start = Buffer.concat([start, chunk])
        const end = manifestEnd(start)
        if (end === null || start.length < end) continue
        manifest = readManifest(start.subarray(lengthBytes, end))
        rest = start.subarray(end)
        start = null
      }
      written += rest.length
      if (manifest && written > manifest.databaseBytes) throw new SealBroken('more than it says')
      await handle.writeFile(rest)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (!manifest || written !== manifest.databaseBytes) throw new SealBroken('less than it says')
  return manifest
}

function manifestEnd(start: Buffer): number | null {
  if (start.length < lengthBytes) return null
  const length = start.readUInt32BE(0)
  if (length > longestManifestBytes) throw new SealBroken('no manifest of this kind')
  return lengthBytes + length
}

function readManifest(bytes: Buffer): Manifest {
  const result = Manifest.safeParse(JSON.parse(bytes.toString('utf8')))
  if (!result.success) throw new SealBroken('no manifest of this version')
  return result.data
}

async function textIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}
