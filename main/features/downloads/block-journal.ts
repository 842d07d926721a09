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

/** What of a file is on the disk for good: blocks that are whole, and of others how many bytes from their beginning. */
interface Durable {
  done: Set<number>
  begun: Map<number, number>
}

/**
 * Which blocks of a file lie on the disk for good: a line for each behind a head of one line (`7`, and `8+65536` while there is only the beginning of
 * it), appended after the data was made durable. What a crash cut off in the middle of a line counts for nothing.
 */
export class BlockJournal {
  readonly head: JournalHead
  readonly #path: string
  readonly #file: FileHandle
  readonly #done: Set<number>
  readonly #begun: Map<number, number>
  #waiting: { index: number; bytes: number; resolve: () => void; reject: (error: unknown) => void }[] = []
  #writing: Promise<void> | null = null

  private constructor(path: string, file: FileHandle, head: JournalHead, { done, begun }: Durable) {
    this.#path = path
    this.#file = file
    this.head = head
    this.#done = done
    this.#begun = begun
  }

  /** Null where there is none, or none that can be read. */
  static async open(path: string): Promise<BlockJournal | null> {
    const text = await readFile(path, 'utf8').catch(() => '')
    const read = readJournal(text)
    if (!read) return null
    const file = await open(path, 'r+')
    // The next line must not hang on to one that was cut off.
    await file.truncate(read.bytes)
    const journal = new BlockJournal(path, await reopenedAtEnd(file, path), read.head, read)
    return journal
  }

  /** In the place of one that is there, in one step. `former`: whose blocks are on the disk. Throws DISK_FULL, FILE_NOT_WRITABLE. */
  static async create(path: string, head: JournalHead, former: BlockJournal | null = null): Promise<BlockJournal> {
    const done = new Set(former ? former.#done : [])
    const begun = new Map(former ? former.#begun : [])
    const fresh = `${path}.new`
    try {
      await rm(fresh, { force: true })
      await using file = await open(fresh, 'wx', 0o600)
      await file.appendFile([JSON.stringify(head), ...done, ...[...begun].map(([index, bytes]) => `${index}+${bytes}`)].map(line => `${line}\n`).join(''))
      await file.datasync()
      await rename(fresh, path)
      return new BlockJournal(path, await open(path, 'a'), head, { done, begun })
    } catch (error) {
      throw writeError(error, path)
    }
  }

  get blocks(): number {
    return blocksOf(this.head)
  }

  /** Of blocks that are whole. */
  get wholeBytes(): number {
    let bytes = 0
    for (const index of this.#done) bytes += this.lengthOf(index)
    return bytes
  }

  /** Of blocks that are not whole: how many bytes from their beginning are there. */
  get begun(): ReadonlyMap<number, number> {
    return this.#begun
  }

  has(index: number): boolean {
    return this.#done.has(index)
  }

  lengthOf(index: number): number {
    return lengthOfBlock(this.head, index)
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
    await this.reach(index, this.lengthOf(index), sync)
  }

  /** The same for the first `bytes` of a block. */
  async reach(index: number, bytes: number, sync: () => Promise<void>): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.#waiting.push({ index, bytes, resolve, reject }))
    this.#writing ??= this.#write(sync)
    await written
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#file.close()
  }

  async #write(sync: () => Promise<void>): Promise<void> {
    while (this.#waiting.length > 0) {
      const these = this.#waiting
      this.#waiting = []
      try {
        await sync()
        await this.#file.appendFile(these.map(({ index, bytes }) => (bytes < this.lengthOf(index) ? `${index}+${bytes}\n` : `${index}\n`)).join(''))
        await this.#file.datasync()
        for (const { index, bytes, resolve } of these) {
          if (bytes < this.lengthOf(index)) this.#begun.set(index, bytes)
          else {
            this.#done.add(index)
            this.#begun.delete(index)
          }
          resolve()
        }
      } catch (error) {
        for (const { reject } of these) reject(writeError(error, this.#path))
      }
    }
    this.#writing = null
  }
}

export function readJournal(text: string): (Durable & { head: JournalHead; bytes: number }) | null {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const [first = '', ...lines] = whole.split('\n').slice(0, -1)
  const head = parseHead(first)
  if (!head) return null
  const done = new Set<number>()
  const begun = new Map<number, number>()
  for (const line of lines) {
    const [, number, part] = /^(\d{1,9})(?:\+(\d{1,12}))?$/.exec(line) ?? []
    const index = Number(number)
    // A disk that lost power may leave anything: whatever is no block ends what can be believed.
    if (number === undefined || index >= blocksOf(head) || Number(part ?? 0) >= lengthOfBlock(head, index)) return { head, done, begun, bytes: Buffer.byteLength(whole.slice(0, whole.indexOf(`\n${line}\n`) + 1)) }
    if (part === undefined) {
      done.add(index)
      begun.delete(index)
    } else if (!done.has(index)) begun.set(index, Number(part))
  }
  return { head, done, begun, bytes: Buffer.byteLength(whole) }
}

function parseHead(line: string): JournalHead | null {
  try {
    const parsed = Head.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

function lengthOfBlock({ sizeBytes, blockBytes }: JournalHead, index: number): number {
  return Math.min(blockBytes, sizeBytes - index * blockBytes)
}

function blocksOf({ sizeBytes, blockBytes }: JournalHead): number {
  return Math.ceil(sizeBytes / blockBytes)
}

async function reopenedAtEnd(file: FileHandle, path: string): Promise<FileHandle> {
  await file.close()
  return await open(path, 'a')
}
