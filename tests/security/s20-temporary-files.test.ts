import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

// S20, third part: what SQLite puts aside for a moment is content too, and would lie in the system's folder for temporary files without a key.
const script = join(import.meta.dirname, '../support/temporary-files-script.ts')
const epoch = new Date(0)

let folder: string
let aside: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 's20-'))
  aside = join(folder, 'aside')
  fs.mkdirSync(aside)
  // A file that is made and unlinked at once leaves no name, and another time on its folder.
  fs.utimesSync(aside, epoch, epoch)
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

function run(manner: 'ours' | 'bare'): { answer: string; isUsed: boolean } {
  const state = join(folder, 'state')
  fs.mkdirSync(state)
  const answer = execFileSync(process.execPath, [script, state, manner], { encoding: 'utf8', env: { ...process.env, SQLITE_TMPDIR: aside } })
  return { answer, isUsed: fs.statSync(aside).mtimeMs !== 0 }
}

it.skipIf(process.platform === 'win32')('puts no content aside in a file, however much is sorted, copied, packed or read in', () => {
  const { answer, isUsed } = run('ours')
  expect(isUsed).toBe(false)
  expect(JSON.parse(answer)).toMatchObject({ measured: { count: 50, sizeBytes: expect.closeTo(400 * 50_011, -4) }, streams: 50, left: [] })
}, 120_000)

it.skipIf(process.platform === 'win32')('would see a file of a database that was opened without a word about that', () => {
  expect(run('bare').isUsed).toBe(true)
}, 120_000)
