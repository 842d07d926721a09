import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { expect, it } from 'vitest'
import { readJournal } from '../../main/features/downloads/block-journal.ts'
import { PatternContent, startRangePeer } from '../support/range-peer.ts'

const sizeBytes = 300 * 1024 * 1024
const connections = 2

interface Line {
  status: string
  doneBytes: number
  notes: string[]
  error: unknown
  path: string
}

/** Runs a host until it has this many bytes, then kills it; or until it ends. */
async function life(state: string, port: number, sha256: string, killAtBytes: number | null): Promise<Line> {
  const host = spawn(process.execPath, [join(import.meta.dirname, '../support/download-host.ts'), state, String(port), sha256], { stdio: ['ignore', 'pipe', 'inherit'] })
  let last: Line | null = null
  for await (const text of createInterface({ input: host.stdout })) {
    try {
      last = JSON.parse(text) as Line
    } catch {
      // The line that the kill cut in half.
    }
    if (killAtBytes !== null && (last?.doneBytes ?? 0) >= killAtBytes) host.kill('SIGKILL')
  }
  if (!last) throw new Error('The host said nothing')
  return last
}

it('a download of 300 MB that is killed three times is whole after restarts, and no block that was durable is fetched twice', async () => {
  const state = mkdtempSync(join(tmpdir(), 'cortex-download-'))
  const peer = await startRangePeer()
  try {
    const content = new PatternContent(sizeBytes)
    const { sha256 } = content
    peer.files.set('/big.gguf', { content, etag: '"big"' })
    // Slow enough to be killed on the way, fast enough for a test: the host keeps up, so that little waits in sockets.
    peer.restMilliseconds = 1
    let lost = 0
    for (const share of [0.15, 0.4, 0.7]) {
      peer.sent.length = 0
      const killed = await life(state, peer.port, sha256, sizeBytes * share)
      expect(killed.status).toBe('running')
      const journal = readJournal(readFileSync(`${killed.path}.part.blocks`, 'utf8'))
      if (!journal) throw new Error('The journal is gone')
      const { blockBytes } = journal.head
      const durable = [...journal.done].reduce((sum, index) => sum + Math.min(blockBytes, sizeBytes - index * blockBytes), 0)
      // What it had received and not made durable: less than a block for each connection.
      expect(killed.doneBytes - durable).toBeLessThanOrEqual(connections * blockBytes)
      lost += Math.max(0, killed.doneBytes - durable)
      peer.sent.length = 0
      const again = await life(state, peer.port, sha256, durable + blockBytes)
      expect(again.status).toBe('running')
      for (const { start, end } of peer.sent) {
        for (let index = Math.floor(start / blockBytes); index * blockBytes < end; index++) expect(journal.done.has(index), `block ${index} was durable and is sent again`).toBe(false)
      }
    }
    const done = await life(state, peer.port, sha256, null)
    expect(done).toMatchObject({ status: 'done', doneBytes: sizeBytes, error: null, notes: [] })
    const hash = createHash('sha256')
    await pipeline(createReadStream(done.path), hash)
    expect(hash.digest('hex')).toBe(sha256)
    console.info(`Downloads: 300 MB, six kills, ${(lost / 1e6).toFixed(1)} MB received and not durable, no durable block fetched twice`)
  } finally {
    await peer.close()
    rmSync(state, { recursive: true, force: true })
  }
}, 300_000)
