import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DiskFiles } from '../../main/platform/files/disk-files.ts'
import type { Files } from '../../main/platform/files/files.ts'
import { PinnedFiles } from '../../main/platform/files/pinned-files.ts'
import { resolveInWorkspace } from '../../main/platform/files/workspace-path.ts'

const seconds = process.env['CORTEX_SOAK'] ? 30 : 4
const limit = 1_000_000

let top: string
let root: string
let outside: string
let swapper: ChildProcess | null = null

beforeEach(async () => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-race-')))
  root = join(top, 'workspace')
  outside = join(top, 'outside')
  mkdirSync(join(root, 'src'), { recursive: true })
  mkdirSync(outside)
  writeFileSync(join(root, 'src', 'a.txt'), 'inside')
  writeFileSync(join(outside, 'a.txt'), 'OUTSIDE')
  symlinkSync(outside, join(root, 'link'))
  swapper = spawn(process.execPath, [join(import.meta.dirname, '..', 'support', 'swap-folder.mjs'), join(root, 'src'), join(root, 'link')], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise(resolve => swapper?.stdout?.once('data', resolve))
})
afterEach(() => {
  swapper?.kill('SIGKILL')
  rmSync(top, { recursive: true, force: true, maxRetries: 5 })
})

/** Reads, lists, writes and creates below the folder that is swapped; how often each got through, and what came back from outside. */
async function race(files: Files, milliseconds: number): Promise<{ tries: number; done: number; outsideReads: number }> {
  const until = performance.now() + milliseconds
  const count = { tries: 0, done: 0, outsideReads: 0 }
  while (performance.now() < until) {
    count.tries++
    const name = `made-${count.tries}.txt`
    const steps = [
      async () => Buffer.from((await files.read(await resolveInWorkspace(files, root, 'src/a.txt'), limit)).bytes ?? []).toString() === 'OUTSIDE',
      async () => (await files.items(await resolveInWorkspace(files, root, 'src'))).every(item => item.name !== 'a.txt' && !item.name.startsWith('made-')) && false,
      async () => void (await files.replace(await resolveInWorkspace(files, root, `src/${name}`), Buffer.from('mine'))),
      async () => void (await files.createFile(await resolveInWorkspace(files, root, `src/new-${name}`))),
      async () => void (await files.createFolder(await resolveInWorkspace(files, root, `src/folder-${count.tries}/below`))),
      async () => void (await files.move(await resolveInWorkspace(files, root, `src/${name}`), await resolveInWorkspace(files, root, `src/moved-${name}`))),
    ]
    for (const step of steps) {
      // Most tries meet the link, or a folder that is just away: a refusal is what is wanted.
      const result = await step().catch(() => null)
      if (result !== null) count.done++
      if (result === true) count.outsideReads++
    }
  }
  return count
}

describe.skipIf(process.platform !== 'linux')(`S10 a folder swapped for a link between check and use${process.platform === 'linux' ? '' : ' (skipped: a swap as fast as this needs Linux)'}`, () => {
  test('nothing outside is read, written, made or moved', { timeout: 90_000 }, async () => {
    const { tries, done, outsideReads } = await race(new PinnedFiles(new DiskFiles()), seconds * 1000)
    console.log(`S10: ${tries} rounds in ${seconds} s against a swapping folder, ${done} steps got through, ${outsideReads} reads from outside`)
    // Steps that never got through would prove nothing.
    expect(done).toBeGreaterThan(0)
    expect(swapper?.exitCode).toBeNull()
    expect(outsideReads).toBe(0)
    expect(readdirSync(outside)).toEqual(['a.txt'])
    expect(readFileSync(join(outside, 'a.txt'), 'utf8')).toBe('OUTSIDE')
  })

  test('the same attack gets through where nothing is pinned', { timeout: 90_000 }, async () => {
    const files = new DiskFiles()
    for (let round = 0; round < 20; round++) {
      const { outsideReads } = await race(files, 1000)
      if (outsideReads > 0 || readdirSync(outside).length > 1) return
    }
    expect.unreachable('the swapper never won, so the other test shows nothing')
  })
})
