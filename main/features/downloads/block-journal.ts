import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { z } from 'zod'
import { writeError } from '../../platform/files/file-errors.ts'

const Head = z.object({
  version: z.literal(1),
  sizeBytes: z.number().int().positive(),
  blockBytes: z.number().int().positive(),
  /** What the server names this content by; null where it names it by nothing. */
  validator: z.string().nullable(),
  /** Which server that was. */
  source: z.string(),
  /** The hash that the file is held to, where it is known before. */
  sha256: z.string().nullable(),
})
export type JournalHead = z.infer<typeof Head>

/** Blocks from `first`, `count` of them. */
export interface BlockRun {
  first: number
  count: number
}

/**
 * Which blocks of a file lie on the disk for good: a line for each behind a head of one line, appended after the data was made durable. What a crash cut
 * off in the middle of a line counts for nothing.
 */
export class BlockJournal {
  readonly head: JournalHead
  readonly #path: string
  readonly #file: FileHandle
  readonly #done: Set<number>
  #waiting: { index: number; resolve: () => void; reject: (error: unknown) => void }[] = []
  #isWriting = false

  private constructor(path: string, file: FileHandle, head: JournalHead, done: Set<number>) {
    this.#path = path
    this.#file = file
    this.head = head
    this.#done = done
  }

  /** Null where there is none, or none that can be read. */
  static async open(path: string): Promise<BlockJournal | null> {
    const text = await readFile(path, 'utf8').catch(() => '')
    const read = readJournal(text)
    if (!read) return null
    const file = await open(path, 'r+')
    // The next line must not hang on to one that was cut off.
    await file.truncate(read.bytes)
    const journal = new BlockJournal(path, await reopenedAtEnd(file, path), read.head, read.done)
    return journal
  }

  /** In the place of one that is there, in one step. `former`: whose blocks are on the disk. Throws DISK_FULL, FILE_NOT_WRITABLE. */
  static async create(path: string, head: JournalHead, former: BlockJournal | null = null): Promise<BlockJournal> {
    const done = new Set(former === null ? [] : former.#done)
    const fresh = `${path}.new`
    try {
      await rm(fresh, { force: true })
      await using file = await open(fresh, 'wx', 0o600)
      await file.appendFile([JSON.stringify(head), ...done].map(line => `${line}\n`).join(''))
      await file.datasync()
      await rename(fresh, path)
      return new BlockJournal(path, await open(path, 'a'), head, done)
    } catch (error) {
      throw writeError(error, path)
    }
  }

  get blocks(): number {
    return blocksOf(this.head)
  }

  get doneBytes(): number {
    let bytes = 0
    for (const index of this.#done) bytes += this.lengthOf(index)
    return bytes
  }

  has(index: number): boolean {
    return this.#done.has(index)
  }

  lengthOf(index: number): number {
    const { sizeBytes, blockBytes } = this.head
    return Math.min(blockBytes, sizeBytes - index * blockBytes)
  }

  /** What is not there yet, in order. */
  missing(): BlockRun[] {
    const runs: BlockRun[] = []
    for (let index = 0; index < this.blocks; index++) {
      if (this.#done.has(index)) continue
      const last = runs.at(-1)
      if (last && last.first + last.count === index) last.count++
      else runs.push({ first: index, count: 1 })
    }
    return runs
  }

  /** Durable on return. `sync` makes the data durable first; blocks that end at the same time share it. */
  async finish(index: number, sync: () => Promise<void>): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.#waiting.push({ index, resolve, reject }))
    if (!this.#isWriting) void this.#write(sync)
    await written
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #write(sync: () => Promise<void>): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      const these = this.#waiting
      this.#waiting = []
      try {
        await sync()
        await this.#file.appendFile(these.map(({ index }) => `${index}\n`).join(''))
        await this.#file.datasync()
        for (const { index, resolve } of these) {
          this.#done.add(index)
          resolve()
        }
      } catch (error) {
        for (const { reject } of these) reject(writeError(error, this.#path))
      }
    }
    this.#isWriting = false
  }
}

export function readJournal(text: string): { head: JournalHead; done: Set<number>; bytes: number } | null {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const [first = '', ...lines] = whole.split('\n').slice(0, -1)
  const head = parseHead(first)
  if (!head) return null
  const done = new Set<number>()
  for (const line of lines) {
    const index = Number(line)
    // A disk that lost power may leave anything: whatever is no block ends what can be believed.
    if (!/^\d{1,9}$/.test(line) || index >= blocksOf(head)) return { head, done, bytes: Buffer.byteLength(whole.slice(0, whole.indexOf(`\n${line}\n`) + 1)) }
    done.add(index)
  }
  return { head, done, bytes: Buffer.byteLength(whole) }
}

function parseHead(line: string): JournalHead | null {
  try {
    const parsed = Head.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

function blocksOf({ sizeBytes, blockBytes }: JournalHead): number {
  return Math.ceil(sizeBytes / blockBytes)
}

async function reopenedAtEnd(file: FileHandle, path: string): Promise<FileHandle> {
  await file.close()
  return await open(path, 'a')
}
