import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { openDoorTo } from '../../../tests/support/open-door-to.ts'
import { PatternContent, startRangePeer, type RangePeer } from '../../../tests/support/range-peer.ts'
import { fetchFile, type FetchRequest } from './fetch-file.ts'
import { downloadDisk, journalPath, partPath, type DownloadDisk } from './part-file.ts'

const blockBytes = 64 * 1024
let peer: RangePeer
let folder: string
let door: ReturnType<typeof openDoorTo>
beforeEach(async () => {
  peer = await startRangePeer()
  door = openDoorTo([peer.port])
  folder = mkdtempSync(join(tmpdir(), 'downloads-'))
})
afterEach(async () => {
  door.dispose()
  await peer.close()
  rmSync(folder, { recursive: true, force: true })
})

const offer = (sizeBytes: number, { path = '/file.gguf', etag = '"one"', seed = 1 } = {}): PatternContent => {
  const content = new PatternContent(sizeBytes, seed)
  peer.files.set(path, { content, etag })
  return content
}

function fetching(more: Partial<FetchRequest> = {}) {
  const notes: string[] = []
  const sizes: number[] = []
  const path = join(folder, 'publisher', 'file.gguf')
  const request: FetchRequest = {
    ...{ door: door.door, sources: [{ url: peer.url('/file.gguf'), headers: {} }], path, name: 'file.gguf', sha256: null, sizeBytes: null, connections: 3, signal: new AbortController().signal },
    ...{ onSize: size => sizes.push(size), onProgress: () => undefined, onSource: () => undefined, onNote: note => notes.push(note), blockBytes, restMilliseconds: 1 },
    ...more,
  }
  return { run: fetchFile(request), notes, sizes, path }
}
const hashOf = (path: string): string => createHash('sha256').update(readFileSync(partPath(path))).digest('hex')
const codeOf = async (run: Promise<unknown>): Promise<unknown> => await run.then(() => null, (error: unknown) => (error instanceof AppError ? error.code : error))

describe('fetchFile', () => {
  it('gets a file in blocks over several connections, each byte once', async () => {
    const content = offer(blockBytes * 20 + 12_345)
    const { run, path, sizes } = fetching()
    expect(await run).toEqual({ sizeBytes: content.sizeBytes })
    expect(hashOf(path)).toBe(content.sha256)
    expect(sizes[0]).toBe(content.sizeBytes)
    expect(peer.sent.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(content.sizeBytes)
    expect(peer.requests.every(({ headers }) => headers['accept-encoding'] === 'identity')).toBe(true)
    expect(peer.requests.slice(1).every(({ headers }) => headers['if-range'] === '"one"')).toBe(true)
    expect(door.ledger.notes.every(({ who, why }) => who === 'models' && why === 'download of file.gguf')).toBe(true)
  })

  it.each([1, 100, blockBytes - 1, blockBytes, blockBytes + 1])('gets a file of %i bytes', async size => {
    const content = offer(size)
    const { run, path } = fetching()
    await run
    expect(hashOf(path)).toBe(content.sha256)
  })

  it('goes on where it was cut, at each of 50 points, without asking again for what came', async () => {
    const content = offer(blockBytes * 10 + 321)
    const cuts: number[] = []
    // Every second request is cut, the first of a file too, somewhere between its first byte and its last.
    peer.fault = ({ number, start, end }) => {
      if (cuts.length >= 50 || number % 2 === 1) return undefined
      const afterBytes = 1 + ((cuts.length * 7919 * 13) % (end - start - 1))
      cuts.push(start + afterBytes)
      return { kind: 'cut', afterBytes }
    }
    for (let round = 0; cuts.length < 50; round++) {
      peer.sent.length = 0
      const before = cuts.length
      const path = join(folder, `${round}.gguf`)
      const done: number[] = []
      await fetching({ path, connections: 1, onProgress: bytes => done.push(bytes) }).run
      expect(hashOf(path)).toBe(content.sha256)
      expect(done.at(-1)).toBe(content.sizeBytes)
      expect(done).toEqual(done.toSorted((a, b) => a - b))
      // Each byte was sent once, and each cut is where another request went on.
      expect(peer.sent.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(content.sizeBytes)
      for (const cut of cuts.slice(before)) expect(peer.sent.map(({ start }) => start)).toContain(cut)
    }
    expect(cuts).toHaveLength(50)
    // They fall into all parts of a block, and into blocks that are not the first of a request.
    expect(new Set(cuts.map(cut => Math.floor(((cut % blockBytes) / blockBytes) * 8))).size).toBe(8)
    expect(new Set(cuts.map(cut => Math.floor(cut / blockBytes))).size).toBeGreaterThan(5)
  })

  it('keeps the blocks of a run that was stopped, and gets only the others after that', async () => {
    const content = offer(blockBytes * 12)
    const stop = new AbortController()
    let done = 0
    const first = fetching({ connections: 1, signal: stop.signal, onProgress: bytes => {
      done = bytes
      if (bytes >= blockBytes * 5) stop.abort(new Error('paused'))
    } })
    await expect(first.run).rejects.toThrow('paused')
    expect(done).toBeGreaterThanOrEqual(blockBytes * 5)
    peer.sent.length = 0
    const starts: number[] = []
    const { run, path } = fetching({ connections: 1, onProgress: bytes => starts.push(bytes) })
    await run
    expect(hashOf(path)).toBe(content.sha256)
    expect(starts[0]).toBeGreaterThanOrEqual(blockBytes * 4)
    expect(peer.sent.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(content.sizeBytes - (starts[0] ?? 0))
  })

  it('begins anew, and says so, when the content behind the address changes between runs or within one', async () => {
    offer(blockBytes * 8)
    const stop = new AbortController()
    await fetching({ signal: stop.signal, connections: 1, onProgress: bytes => { if (bytes > blockBytes * 3) stop.abort() } }).run.catch(() => undefined)
    const changed = offer(blockBytes * 8, { etag: '"two"', seed: 2 })
    const between = fetching()
    await between.run
    expect(hashOf(between.path)).toBe(changed.sha256)
    expect(between.notes).toEqual([expect.stringContaining('changed at its source')])

    const path = join(folder, 'within.gguf')
    offer(blockBytes * 8, { etag: '"three"', seed: 3 })
    peer.fault = ({ start }) => {
      if (start > 0 && peer.files.get('/file.gguf')?.etag === '"three"') offer(blockBytes * 9, { etag: '"four"', seed: 4 })
      return undefined
    }
    const within = fetching({ path })
    await within.run
    expect(createHash('sha256').update(readFileSync(partPath(path))).digest('hex')).toBe(new PatternContent(blockBytes * 9, 4).sha256)
    expect(within.notes).toHaveLength(1)
  })

  it('gives up a source that changes all the time, or answers nonsense', async () => {
    let seed = 10
    offer(blockBytes * 4)
    peer.fault = ({ start }) => (start > 0 ? (offer(blockBytes * 4, { etag: `"${++seed}"`, seed }), undefined) : undefined)
    expect(await codeOf(fetching().run)).toBe('DOWNLOAD_SOURCE_FAILED')
    for (const kind of ['wrong-range', 'packed'] as const) {
      peer.fault = () => ({ kind })
      expect(await codeOf(fetching().run)).toBe('DOWNLOAD_SOURCE_FAILED')
    }
    peer.fault = () => undefined
    expect(await codeOf(fetching({ sizeBytes: 5, path: join(folder, 'size.gguf') }).run)).toBe('DOWNLOAD_SOURCE_FAILED')
  })

  it('takes a file whole from a server without ranges, and begins anew when that is cut', async () => {
    const content = offer(blockBytes * 3 + 1)
    let cuts = 0
    peer.fault = () => (cuts++ === 0 ? { kind: 'whole' } : undefined)
    const whole = { ...peer.files.get('/file.gguf') }
    expect(whole.etag).toBe('"one"')
    const { run, path, notes } = fetching()
    await run
    expect(hashOf(path)).toBe(content.sha256)
    expect(notes).toEqual([expect.stringContaining('no parts')])
  })

  it('holds a server without ranges to the size of the file, and stops at once when more comes', async () => {
    const content = offer(blockBytes * 50)
    const asked = (): number => peer.requests.length
    peer.fault = () => ({ kind: 'whole' })
    expect(await codeOf(fetching({ sizeBytes: 1000 }).run)).toBe('DOWNLOAD_SOURCE_FAILED')
    peer.fault = () => ({ kind: 'endless' })
    let done = 0
    const before = asked()
    const longer = fetching({ sizeBytes: blockBytes * 2, onProgress: bytes => { done = bytes } })
    expect(await codeOf(longer.run)).toBe('DOWNLOAD_SOURCE_FAILED')
    expect([done <= blockBytes * 2, asked() - before, readFileSync(partPath(longer.path)).length]).toEqual([true, 1, 0])
    const known = fetching({ sizeBytes: content.sizeBytes })
    await known.run
    expect(hashOf(known.path)).toBe(content.sha256)
  })

  it('looks at the disk on the way where nobody says how long a file is', async () => {
    const content = offer(blockBytes * 50)
    peer.fault = () => ({ kind: 'endless' })
    const free = (freeBytes: number): DownloadDisk => ({ ...downloadDisk, freeBytes: async () => freeBytes })
    const full = fetching({ disk: free(1e6) })
    expect(await codeOf(full.run)).toBe('DOWNLOAD_DISK_FULL')
    expect(readFileSync(partPath(full.path)).length).toBe(0)
    const { run, path } = fetching({ disk: free(1e9) })
    await run
    expect(hashOf(path)).toBe(content.sha256)
  })

  it.each([
    [404, 'DOWNLOAD_SOURCE_MISSING'],
    [401, 'DOWNLOAD_SOURCE_REFUSED'],
    [403, 'DOWNLOAD_SOURCE_REFUSED'],
    [500, 'DOWNLOAD_SOURCE_FAILED'],
  ])('says what a status of %i means', async (status, code) => {
    offer(blockBytes)
    peer.fault = () => ({ kind: 'status', status })
    expect(await codeOf(fetching().run)).toBe(code)
  })

  it('waits and tries again after a server that is busy', async () => {
    const content = offer(blockBytes * 2)
    let asked = 0
    peer.fault = () => (asked++ < 2 ? { kind: 'status', status: 429, headers: { 'retry-after': '0' } } : undefined)
    const { run, path } = fetching()
    await run
    expect(hashOf(path)).toBe(content.sha256)
  })

  it('gives up a connection on which nothing comes, and goes on over another', async () => {
    const content = offer(blockBytes * 4)
    let hung = 0
    peer.fault = () => (hung++ === 1 ? { kind: 'hang', afterBytes: 1000 } : undefined)
    const { run, path } = fetching({ idleMilliseconds: 300, connections: 1 })
    await run
    expect(hung).toBeGreaterThan(2)
    expect(hashOf(path)).toBe(content.sha256)
  })

  it('asks the next mirror, and takes on what came from the first one where the hash is known', async () => {
    const content = offer(blockBytes * 10)
    peer.files.set('/mirror.gguf', { content, etag: '"mirrored"' })
    const other = await startRangePeer()
    try {
      other.files.set('/file.gguf', { content, etag: '"other"' })
      door.rules.grant({ feature: 'models', host: `127.0.0.1:${other.port}`, isLocal: true })
      // As another host: the same machine under its other name.
      door.rules.grant({ feature: 'models', host: `localhost:${other.port}`, isLocal: true })
      const stop = new AbortController()
      await fetching({ sha256: content.sha256, connections: 1, signal: stop.signal, onProgress: bytes => { if (bytes >= blockBytes * 4) stop.abort() } }).run.catch(() => undefined)
      peer.fault = () => ({ kind: 'status', status: 500 })
      const { run, path, notes } = fetching({ sha256: content.sha256, sources: [{ url: peer.url('/file.gguf'), headers: {} }, { url: `http://localhost:${other.port}/file.gguf`, headers: {} }] })
      await run
      expect(hashOf(path)).toBe(content.sha256)
      expect(notes.at(-1)).toContain('next mirror')
      expect(other.sent.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThanOrEqual(blockBytes * 7)
    } finally {
      await other.close()
    }
  })

  it('asks nobody who is not allowed', async () => {
    offer(blockBytes)
    for (const { id } of door.rules.grants()) door.rules.revoke(id)
    expect(await codeOf(fetching().run)).toBe('EGRESS_REFUSED')
    expect(peer.requests).toEqual([])
  })

  it('stops at a full disk before it begins or in the middle, keeps what came, and goes on when there is room', async () => {
    const content = offer(blockBytes * 8)
    expect(await codeOf(fetching({ disk: { ...downloadDisk, freeBytes: async () => 1000 } }).run)).toBe('DOWNLOAD_DISK_FULL')
    let written = 0
    const small: DownloadDisk = {
      ...downloadDisk,
      open: async (path, flags) => {
        const file = await open(path, flags)
        return new Proxy(file, {
          get: (target, name: keyof typeof file) => {
            const value: unknown = target[name]
            if (name === 'write') return async (...given: Parameters<typeof file.write>) => {
              if (written > blockBytes * 3) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
              const result = await target.write(...given)
              written += result.bytesWritten
              return result
            }
            return typeof value === 'function' ? (value.bind(target) as unknown) : value
          },
        })
      },
    }
    expect(await codeOf(fetching({ disk: small, connections: 1 }).run)).toBe('DOWNLOAD_DISK_FULL')
    const { run, path } = fetching({ connections: 1 })
    expect(existsSync(journalPath(path))).toBe(true)
    peer.sent.length = 0
    await run
    expect(hashOf(path)).toBe(content.sha256)
    expect(peer.sent.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThan(content.sizeBytes - blockBytes)
  })
})
