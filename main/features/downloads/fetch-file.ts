import { setTimeout as rest } from 'node:timers/promises'
import { AppError, isAppError } from '#shared/errors.ts'
import type { EgressResponse, NetworkDoor, SecretHeader } from '../../platform/network/network-door.ts'
import { BlockJournal, type BlockRun } from './block-journal.ts'
import { readContentRange, retryAfter, validatorOf } from './content-range.ts'
import { downloadDisk, dropPart, journalPath, PartFile, partPath, type DownloadDisk } from './part-file.ts'
import { ProgressNotes } from './progress-notes.ts'
import { hostOf } from './registry-address.ts'

export interface FileSource {
  url: string
  headers: Readonly<Record<string, SecretHeader>>
}

export interface FetchRequest {
  door: NetworkDoor
  /** Tried in this order; the next one when one fails. */
  sources: readonly FileSource[]
  /** Absolute path of the file when it is whole; until then it is kept beside that. */
  path: string
  /** For a person, and for the ledger. */
  name: string
  /** Null where nobody said. */
  sha256: string | null
  sizeBytes: number | null
  /** Requests at the same time. */
  connections: number
  signal: AbortSignal
  onSize: (sizeBytes: number) => void
  /** Bytes that are on the disk now, and how many of them came just now. */
  onProgress: (doneBytes: number, freshBytes: number) => void
  onSource: (host: string) => void
  onNote: (note: string) => void
  blockBytes?: number
  disk?: DownloadDisk
  /** Milliseconds of rest after the first failure in a row; doubled with each. */
  restMilliseconds?: number
  /** A connection on which nothing comes for this long is given up. */
  idleMilliseconds?: number
}

export const feature = 'models'
const standardBlockBytes = 4 * 1024 * 1024
/** One request goes on over at most so many blocks: the policy is asked anew for each. */
const mostBlocksOfRun = 128
const mostFailures = 6
const mostRestarts = 5
const dayMilliseconds = 86_400_000
const standardIdleMilliseconds = 30_000
/** Of a file of unknown length: how often the disk is looked at, and what stays free on it. */
const lookBytes = 32 * 1024 * 1024
const spareBytes = 256 * 1024 * 1024 + lookBytes
const retried = new Set(['EGRESS_FAILED', 'EGRESS_TIMED_OUT', 'DOWNLOAD_SOURCE_FAILED'])
const nextSource = new Set([...retried, 'DOWNLOAD_SOURCE_MISSING', 'DOWNLOAD_SOURCE_REFUSED', 'EGRESS_REFUSED'])

/** The content is another one than before. */
class ContentChanged extends Error {}
/** The server answers a request for a part with the whole. */
class RangesUnknown extends Error {
  readonly response: EgressResponse
  constructor(response: EgressResponse) {
    super('No ranges')
    this.response = response
  }
}

/**
 * Gets a file in blocks over several connections into a sparse file beside its place. What was made durable is never asked for again; a crash costs all
 * connections together less than one block of what had come. Whole and durable on return, still under its name for parts. Throws the signal's reason,
 * EGRESS_REFUSED, EGRESS_FAILED, EGRESS_TIMED_OUT, DOWNLOAD_SOURCE_MISSING, DOWNLOAD_SOURCE_REFUSED, DOWNLOAD_SOURCE_FAILED, DOWNLOAD_DISK_FULL and what
 * the disk says; then what came is kept.
 */
export async function fetchFile(request: FetchRequest): Promise<{ sizeBytes: number }> {
  let first: unknown = null
  for (const [index, source] of request.sources.entries()) {
    try {
      request.onSource(hostOf(source.url).host)
      return await fetchFrom(request, source)
    } catch (error) {
      request.signal.throwIfAborted()
      first ??= error
      const isLast = index === request.sources.length - 1
      if (isLast || !isAppError(error) || !nextSource.has(error.code)) throw isLast && isAppError(first) ? first : error
      request.onNote(`${hostOf(source.url).host} could not deliver it; the next mirror is asked.`)
    }
  }
  throw first ?? new AppError('DOWNLOAD_TARGET_INVALID', { reason: 'it names no source' })
}

async function fetchFrom(request: FetchRequest, source: FileSource): Promise<{ sizeBytes: number }> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await new FileFetch(request, source).run()
    } catch (error) {
      if (!(error instanceof ContentChanged)) throw error
      await dropPart(request.path)
      if (restarts >= mostRestarts) throw new AppError('DOWNLOAD_SOURCE_FAILED', { host: hostOf(source.url).host, reason: 'the file changes there all the time' })
      request.onNote('The file changed at its source; what came before was dropped, and it is got anew.')
      request.onProgress(0, 0)
    }
  }
}

class FileFetch {
  readonly #request: FetchRequest
  readonly #source: FileSource
  readonly #host: string
  readonly #blockBytes: number
  /** Stops the other connections when one cannot go on. */
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  /** Of blocks that are not whole yet: how far they are written, so that a cut costs nothing. */
  readonly #begun = new Map<number, number>()
  readonly #taken = new Set<number>()
  #doneBytes = 0
  /** Asking again would change nothing. */
  #isFinal = false

  constructor(request: FetchRequest, source: FileSource) {
    this.#request = request
    this.#source = source
    this.#host = hostOf(source.url).host
    this.#blockBytes = request.blockBytes ?? standardBlockBytes
    this.#signal = AbortSignal.any([request.signal, this.#stop.signal])
  }

  async run(): Promise<{ sizeBytes: number }> {
    const part = await PartFile.open(partPath(this.#request.path), this.#request.disk ?? downloadDisk)
    let journal: BlockJournal | null = null
    try {
      journal = (await this.#kept(part)) ?? (await this.#begin(part))
      if (!journal) return { sizeBytes: await part.sizeBytes() }
      const { sizeBytes } = journal.head
      // Of a first block that was cut, more may be written than is noted.
      for (const [index, bytes] of journal.begun) this.#begun.set(index, Math.max(bytes, this.#begun.get(index) ?? 0))
      this.#doneBytes = journal.wholeBytes + [...this.#begun.values()].reduce((sum, bytes) => sum + bytes, 0)
      this.#request.onSize(sizeBytes)
      this.#tell(0)
      await part.reserve(sizeBytes, sizeBytes - this.#doneBytes)
      await this.#fetchMissing(journal, part)
      await part.sync()
      return { sizeBytes }
    } finally {
      if (journal) await this.#keepBegun(journal, part)
      await journal?.close()
      await part.close()
    }
  }

  /** A stop that is no crash costs nothing. */
  async #keepBegun(journal: BlockJournal, part: PartFile): Promise<void> {
    await Promise.allSettled([...this.#begun].map(async ([index, bytes]) => await journal.reach(index, bytes, () => part.sync())))
  }

  /** The journal of an earlier start, where it is of the same content as far as anybody can tell. */
  async #kept(part: PartFile): Promise<BlockJournal | null> {
    const journal = await BlockJournal.open(journalPath(this.#request.path))
    if (!journal) return null
    const { head } = journal
    const { sha256, sizeBytes } = this.#request
    const isSameSource = head.source === this.#host
    // With a hash, blocks of a mirror are as good: they are checked in the end.
    const isUsable = head.sha256 === sha256 && (sizeBytes === null || sizeBytes === head.sizeBytes) && (isSameSource || sha256 !== null) && (await part.sizeBytes()) === head.sizeBytes
    if (isUsable && isSameSource) return journal
    await journal.close()
    if (!isUsable) return null
    return await this.#adopt(journal)
  }

  /** Blocks that came from another server, noted as of this one, which may name the content differently: the hash tells in the end. */
  async #adopt(former: BlockJournal): Promise<BlockJournal> {
    return await BlockJournal.create(journalPath(this.#request.path), { ...former.head, source: this.#host, validator: null }, former)
  }

  /** Asks for the first block, which tells the size. Null where the server knows no parts and the whole came at once. */
  async #begin(part: PartFile): Promise<BlockJournal | null> {
    for (let failures = 0; ; failures++) {
      try {
        return await this.#firstBlock(part)
      } catch (error) {
        if (error instanceof RangesUnknown) return await this.#whole(error.response, part).then(() => null)
        if (failures >= mostFailures - 1 || !(await this.#mayRetry(error, failures))) throw error
      }
    }
  }

  async #firstBlock(part: PartFile): Promise<BlockJournal> {
    const response = await this.#ask({ first: 0, end: this.#blockBytes, validator: null })
    if (response.status === 200) throw new RangesUnknown(response)
    try {
      const range = this.#rangeOf(response, 0)
      const { sha256, sizeBytes } = this.#request
      if (sizeBytes !== null && sizeBytes !== range.total) throw this.#wrongSize(`it offers ${range.total} bytes there and the file has ${sizeBytes}`)
      // Before the first byte is kept: a server may name the length of its address space.
      await part.reserve(range.total, range.total)
      const journal = await BlockJournal.create(journalPath(this.#request.path), { version: 1, sizeBytes: range.total, blockBytes: this.#blockBytes, validator: validatorOf(response.headers), source: this.#host, sha256 })
      this.#request.onSize(range.total)
      await this.#take(response, { first: 0, count: 1 }, journal, part).catch(async (error: unknown) => {
        // What came of it counts while this process lives; the connections go on from there.
        if (!isAppError(error) || !retried.has(error.code)) {
          await journal.close()
          throw error
        }
      })
      return journal
    } finally {
      response.discard()
    }
  }

  /** A server without parts: all over one connection, and from the start again when that is cut. */
  async #whole(first: EgressResponse, part: PartFile): Promise<void> {
    this.#request.onNote('This server sends no parts of a file: a download that is cut off begins anew.')
    let response = first
    for (let failures = 0; ; failures++) {
      try {
        return await this.#readWhole(response, part)
      } catch (error) {
        response.discard()
        // Nothing goes on from there, so that it takes no room.
        await part.reserve(0, 0).catch(() => undefined)
        if (failures >= mostFailures - 1 || !(await this.#mayRetry(error, failures))) throw error
      }
      response = await this.#ask(null)
    }
  }

  async #readWhole({ headers, body }: EgressResponse, part: PartFile): Promise<void> {
    const announced = Number(headers['content-length'] ?? Number.NaN)
    const total = Number.isSafeInteger(announced) && headers['content-encoding'] === undefined ? announced : null
    const size = this.#request.sizeBytes ?? total
    if (total !== null && total !== size) throw this.#wrongSize(`it offers ${total} bytes there and the file has ${size}`)
    await part.reserve(0, size ?? 0)
    if (size !== null) this.#request.onSize(size)
    this.#doneBytes = 0
    let looked = 0
    for await (const chunk of body) {
      const done = this.#doneBytes + chunk.length
      if (size !== null && done > size) throw this.#wrongSize(`it sends more than the ${size} bytes of the file`)
      // Nobody says where it ends: the disk must not be filled with it.
      if (size === null && done >= looked) {
        await part.demandRoom(spareBytes + chunk.length)
        looked = done + lookBytes
      }
      await part.write(chunk, this.#doneBytes, size === null ? 0 : size - this.#doneBytes)
      this.#doneBytes = done
      this.#tell(chunk.length)
    }
    if (size !== null && this.#doneBytes !== size) throw new AppError('EGRESS_FAILED', { host: this.#host, reason: 'the connection ended early' })
    await part.sync()
  }

  #wrongSize(reason: string): AppError {
    this.#isFinal = true
    return new AppError('DOWNLOAD_SOURCE_FAILED', { host: this.#host, reason })
  }

  async #fetchMissing(journal: BlockJournal, part: PartFile): Promise<void> {
    const missing = journal.missing().reduce((sum, { count }) => sum + count, 0)
    const connections = Array.from({ length: Math.max(1, Math.min(this.#request.connections, missing)) }, () => this.#connection(journal, part))
    const results = await Promise.allSettled(connections.map(connection => connection.catch((error: unknown) => {
      this.#stop.abort(error)
      throw error
    })))
    const failed = results.find(result => result.status === 'rejected')
    if (!failed) return
    this.#request.signal.throwIfAborted()
    // The one that stopped the others says why.
    throw this.#stop.signal.reason
  }

  async #connection(journal: BlockJournal, part: PartFile): Promise<void> {
    let failures = 0
    for (;;) {
      const run = this.#nextRun(journal)
      if (!run) return
      const before = this.#doneBytes
      try {
        await this.#fetchRun(run, journal, part)
        failures = 0
      } catch (error) {
        if (this.#doneBytes > before) failures = 0
        if (++failures >= mostFailures || !(await this.#mayRetry(error, failures - 1))) throw error
      } finally {
        for (let index = run.first; index < run.first + run.count; index++) this.#taken.delete(index)
      }
    }
  }

  /** Long runs while much is missing, short ones in the end, so that no connection stands idle for long. */
  #nextRun(journal: BlockJournal): BlockRun | null {
    const free = journal.missing().flatMap(run => this.#untaken(run))
    const most = free.reduce((sum, { count }) => sum + count, 0)
    const longest = free.sort((a, b) => b.count - a.count)[0]
    if (!longest) return null
    const count = Math.min(longest.count, mostBlocksOfRun, Math.max(1, Math.ceil(most / (this.#request.connections * 2))))
    const run = { first: longest.first, count }
    for (let index = run.first; index < run.first + count; index++) this.#taken.add(index)
    return run
  }

  #untaken({ first, count }: BlockRun): BlockRun[] {
    const runs: BlockRun[] = []
    for (let index = first; index < first + count; index++) {
      if (this.#taken.has(index)) continue
      const last = runs.at(-1)
      // A block that has begun is the first of its run, so that the request starts in its middle.
      if (last && last.first + last.count === index && !this.#begun.has(index)) last.count++
      else runs.push({ first: index, count: 1 })
    }
    return runs
  }

  async #fetchRun(run: BlockRun, journal: BlockJournal, part: PartFile): Promise<void> {
    const { head } = journal
    const first = run.first * head.blockBytes + (this.#begun.get(run.first) ?? 0)
    const end = Math.min((run.first + run.count) * head.blockBytes, head.sizeBytes)
    const response = await this.#ask({ first, end, validator: head.validator })
    try {
      const range = this.#rangeOf(response, first)
      if (range.total !== head.sizeBytes) throw new ContentChanged('Another size')
      const validator = validatorOf(response.headers)
      if (head.validator !== null && validator !== null && validator !== head.validator) throw new ContentChanged('Another validator')
      await this.#take(response, run, journal, part)
    } catch (error) {
      // Asked for a part of what it named, it sends the whole: that is another content now.
      throw error instanceof RangesUnknown ? new ContentChanged('The whole') : error
    } finally {
      response.discard()
    }
  }

  /** Writes a run's bytes where they belong, and notes each block that is whole. */
  async #take(response: EgressResponse, run: BlockRun, journal: BlockJournal, part: PartFile): Promise<void> {
    const { blockBytes, sizeBytes } = journal.head
    const end = Math.min((run.first + run.count) * blockBytes, sizeBytes)
    let position = run.first * blockBytes + (this.#begun.get(run.first) ?? 0)
    const notes = new ProgressNotes({ journal, sync: () => part.sync(), mostBytes: blockBytes / (2 * this.#request.connections), start: position })
    for await (const chunk of response.body) {
      let rest: Uint8Array = chunk.subarray(0, Math.max(0, end - position))
      while (rest.length > 0) {
        const index = Math.floor(position / blockBytes)
        const blockEnd = index * blockBytes + journal.lengthOf(index)
        const piece = rest.subarray(0, blockEnd - position)
        await part.write(piece, position, sizeBytes - this.#doneBytes)
        position += piece.length
        rest = rest.subarray(piece.length)
        this.#doneBytes += piece.length
        if (await notes.written(index, position)) this.#begun.delete(index)
        else this.#begun.set(index, position - index * blockBytes)
        this.#tell(piece.length)
      }
      if (position >= end) return
    }
    if (position < end) throw new AppError('EGRESS_FAILED', { host: this.#host, reason: 'the connection ended early' })
  }

  async #ask(part: { first: number; end: number; validator: string | null } | null): Promise<EgressResponse> {
    const { door, name, idleMilliseconds = standardIdleMilliseconds } = this.#request
    const headers = { ...this.#source.headers, ...(part ? { range: `bytes=${part.first}-${part.end - 1}`, ...(part.validator === null ? {} : { 'if-range': part.validator }) } : {}) }
    const response = await door.request(
      { url: this.#source.url, headers, feature, why: `download of ${name}`, limits: { bodyBytes: Number.MAX_SAFE_INTEGER, totalMilliseconds: dayMilliseconds, idleMilliseconds } },
      this.#signal,
    )
    const { status } = response
    if (status === 206 || status === 200) return response
    response.discard()
    throw await this.#refusal(status, response.headers['retry-after'])
  }

  async #refusal(status: number, wait: string | undefined): Promise<AppError> {
    const { name } = this.#request
    if (status === 404 || status === 410) return new AppError('DOWNLOAD_SOURCE_MISSING', { host: this.#host, name })
    if (status === 401 || status === 403 || status === 451) return new AppError('DOWNLOAD_SOURCE_REFUSED', { host: this.#host, name, status })
    if (status === 429 || status === 503) await rest(retryAfter(wait, Date.now()) ?? 0, undefined, { signal: this.#signal })
    return new AppError('DOWNLOAD_SOURCE_FAILED', { host: this.#host, reason: status === 416 ? 'it has no such part of the file' : `it answered with status ${status}` })
  }

  #rangeOf(response: EgressResponse, first: number): { start: number; end: number; total: number } {
    if (response.status === 200) throw new RangesUnknown(response)
    if (response.headers['content-encoding'] !== undefined) throw new AppError('DOWNLOAD_SOURCE_FAILED', { host: this.#host, reason: 'it packs parts of files, which cannot be put together' })
    const range = readContentRange(response.headers['content-range'])
    if (!range || range.start !== first) throw new AppError('DOWNLOAD_SOURCE_FAILED', { host: this.#host, reason: 'it answers with another part than was asked for' })
    return range
  }

  async #mayRetry(error: unknown, failures: number): Promise<boolean> {
    this.#signal.throwIfAborted()
    if (this.#isFinal || !isAppError(error) || !retried.has(error.code)) return false
    await rest((this.#request.restMilliseconds ?? 500) * 2 ** failures, undefined, { signal: this.#signal })
    return true
  }

  #tell(freshBytes: number): void {
    this.#request.onProgress(this.#doneBytes, freshBytes)
  }
}
