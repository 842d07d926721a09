import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { expect, it } from 'vitest'
import { readJournal } from '../../main/features/downloads/block-journal.ts'
import { PatternContent, startRangePeer } from '../support/range-peer.ts'

const sizeBytes = 300 * 1024 * 1024

type Journal = NonNullable<ReturnType<typeof readJournal>>

interface Line {
  status: string
  doneBytes: number
  notes: string[]
  error: unknown
  path: string
}

/** Runs a host until it has this many bytes, then kills it; or until it ends. */
async function life(state: string, port: number, sha256: string, killAtBytes: number | null): Promise<Line> {
  const host = spawn(process.execPath, [join(import.meta.dirname, '../support/download-host.ts'), state, String(port), sha256, fetchedPath(state)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(host, 'exit')
  let last: Line | null = null
  for await (const text of createInterface({ input: host.stdout })) {
    try {
      last = JSON.parse(text) as Line
    } catch {
      // The line that the kill cut in half.
    }
    if (killAtBytes !== null && (last?.doneBytes ?? 0) >= killAtBytes) host.kill('SIGKILL')
  }
  expect((await ended)[1]).toBe(killAtBytes === null ? null : 'SIGKILL')
  if (!last) throw new Error('The host said nothing')
  return last
}

const fetchedPath = (state: string): string => join(state, 'fetched.txt')

/** Bytes that hosts received, each as often as it came. */
function fetchedBytes(state: string): number {
  if (!existsSync(fetchedPath(state))) return 0
  return readFileSync(fetchedPath(state), 'utf8').trim().split('\n').reduce((sum, line) => {
    const [start, end] = line.split(' ').map(Number)
    return sum + end! - start!
  }, 0)
}

it('a download of 300 MB that is killed three times is whole after restarts, and each kill costs less than one block, whatever the connections', async () => {
  const state = mkdtempSync(join(tmpdir(), 'cortex-download-'))
  const peer = await startRangePeer()
  try {
    const content = new PatternContent(sizeBytes)
    const { sha256 } = content
    peer.files.set('/big.gguf', { content, etag: '"big"' })
    // Slow enough to be killed on the way, fast enough for a test.
    peer.restMilliseconds = 1
    const lost: number[] = []
    let blockBytes = 0
    let path = ''
    let before: Journal | null = null
    for (const share of [0.2, 0.45, 0.7, null]) {
      peer.sent.length = 0
      const last = await life(state, peer.port, sha256, share === null ? null : sizeBytes * share)
      expect(last).toMatchObject({ status: share === null ? 'done' : 'running', error: null, notes: [] })
      // What was durable when the one before was killed is not asked for again.
      for (const { start, end } of peer.sent) {
        for (let index = Math.floor(start / blockBytes); before && index * blockBytes < end; index++) {
          expect(before.done.has(index), `block ${index} was durable and is sent again`).toBe(false)
          expect(Math.max(start - index * blockBytes, 0), `the beginning of block ${index} was durable and is sent again`).toBeGreaterThanOrEqual(before.begun.get(index) ?? 0)
        }
      }
      if (share === null) expect(last.doneBytes).toBe(sizeBytes)
      else {
        before = readJournal(readFileSync(`${last.path}.part.blocks`, 'utf8'))
        if (!before) throw new Error('The journal is gone')
        blockBytes = before.head.blockBytes
        const { done, begun } = before
        const durable = [...done].reduce((sum, index) => sum + Math.min(blockBytes, sizeBytes - index * blockBytes), 0) + [...begun.values()].reduce((sum, bytes) => sum + bytes, 0)
        lost.push(fetchedBytes(state) - durable - lost.reduce((sum, bytes) => sum + bytes, 0))
        expect(lost.at(-1)).toBeLessThan(blockBytes)
      }
      path = last.path
    }
    const hash = createHash('sha256')
    await pipeline(createReadStream(path), hash)
    expect(hash.digest('hex')).toBe(sha256)
    expect(blockBytes).toBe(4 * 1024 * 1024)
    const twice = fetchedBytes(state) - sizeBytes
    expect(twice).toBe(lost.reduce((sum, bytes) => sum + bytes, 0))
    expect(twice).toBeLessThan(lost.length * blockBytes)
    console.info(`Downloads: 300 MB, three kills, fetched twice after each ${lost.map(bytes => `${(bytes / 1e6).toFixed(2)} MB`).join(', ')}`)
  } finally {
    await peer.close()
    rmSync(state, { recursive: true, force: true })
  }
}, 300_000)
