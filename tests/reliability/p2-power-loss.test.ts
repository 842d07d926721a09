import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { checkFile } from '../../main/platform/storage/database-file.ts'
import { openDatabaseOf } from '../../main/platform/storage/open-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// P2: what lies on the disk at a random instant, and the same with the end of its log missing, as when the last writes did not reach the disk.
const instants = process.env['CORTEX_SOAK'] ? 200 : 6
const cutsPerInstant = 3
const script = join(import.meta.dirname, '../support/vault-script.ts')
const isPosix = process.platform !== 'win32'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'p2-'))
  fs.mkdirSync(join(folder, 'live'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

/** How many writes a copy of the state holds; fails where it is not whole. */
async function numbersIn(state: string): Promise<number> {
  const { vault } = await openVault(state)
  const { storage, recovery } = openDatabaseOf({ folder: state, vault, clock: systemClock })
  expect(storage.problem).toBeNull()
  expect(recovery).toBeNull()
  const numbers = storage.events.read('kill').map(event => (event.data as { number: number }).number)
  expect(numbers).toEqual(numbers.map((_, index) => index))
  storage.close()
  checkFile(join(state, 'cortex.db'), vault.key('database'))
  return numbers.length
}

/** From so many pages on SQLite folds a log into its database. */
const foldedPages = 1000

/** Whether the database may hold some of this log already: then all of that was synced before, and no loss of power takes its end away. */
function mayBeFolded(log: string): boolean {
  const bytes = fs.readFileSync(log)
  // https://sqlite.org/fileformat2.html#walformat: pages of the log as it is now have the salts of its head.
  const frameBytes = 24 + bytes.readUInt32BE(8)
  const salts = bytes.subarray(16, 24)
  let pages = 0
  while (32 + (pages + 1) * frameBytes <= bytes.length && bytes.subarray(32 + pages * frameBytes + 8, 32 + pages * frameBytes + 16).equals(salts)) pages++
  return pages >= foldedPages
}

async function stopped(pid: number): Promise<void> {
  const state = (): string => (process.platform === 'linux' ? (/\) (\w)/.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '') : execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }))
  while (!state().startsWith('T')) await sleep(1)
}

describe('P2: the power goes', () => {
  it.skipIf(!isPosix)(`and leaves a whole database with all that was acknowledged, at ${instants} instants${isPosix ? '' : ' (skipped on Windows: it needs SIGSTOP)'}`, async () => {
    const live = join(folder, 'live')
    const child = spawn(process.execPath, [script, live, '0', 'calm'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    const begun = new Promise(resolve => child.stdout.once('data', resolve))
    child.stdout.on('data', chunk => (output += String(chunk)))
    await begun
    let cuts = 0
    const wantedCuts = (instants * cutsPerInstant) / 2
    try {
      // On a slow disk fewer instants have a log that can be cut: then it takes more of them.
      for (let instant = 0; instant < instants || (cuts < wantedCuts && instant < instants * 4); instant++) {
        await sleep(Math.random() * 200)
        const acknowledged = output.split('\n').length - 2
        child.kill('SIGSTOP')
        // The signal takes its time, and what is copied while the writer goes on was never on the disk at one instant.
        await stopped(child.pid ?? 0)
        const state = join(folder, 'copy')
        fs.cpSync(live, state, { recursive: true })
        child.kill('SIGCONT')
        const log = join(state, 'cortex.db-wal')
        for (let cut = 0; cut < cutsPerInstant && fs.existsSync(log) && !mayBeFolded(log); cut++) {
          const shorter = join(folder, 'cut')
          fs.cpSync(state, shorter, { recursive: true })
          fs.truncateSync(join(shorter, 'cortex.db-wal'), Math.floor(Math.random() * fs.statSync(log).size))
          await numbersIn(shorter)
          cuts++
          fs.rmSync(shorter, { recursive: true })
        }
        expect(await numbersIn(state)).toBeGreaterThan(acknowledged)
        fs.rmSync(state, { recursive: true })
      }
    } finally {
      child.kill('SIGKILL')
    }
    expect(cuts).toBeGreaterThanOrEqual(wantedCuts)
    console.info(`P2: ${instants} instants whole with everything acknowledged, ${cuts} with the end of the log missing whole too`)
  }, 60_000 + instants * 8000)
})
