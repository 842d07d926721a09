import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { checkFile } from '../../main/platform/storage/database-file.ts'
import { openDatabaseOf } from '../../main/platform/storage/open-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// P1 for the database itself: SIGKILL at random moments, also while a backup is written or the key is changed. 1,000 rounds in the soak.
const rounds = process.env['CORTEX_SOAK'] ? 1000 : 8
const script = join(import.meta.dirname, '../support/vault-script.ts')

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'p1-vault-'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

/** The last number that was acknowledged, or null. */
async function writeUntilKilled(first: number, milliseconds: number): Promise<number | null> {
  const child = spawn(process.execPath, [script, folder, String(first), 'restless'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  const begun = Promise.withResolvers<undefined>()
  child.stderr.on('data', chunk => (errors += String(chunk)))
  child.stdout.on('data', chunk => {
    output += String(chunk)
    begun.resolve(undefined)
  })
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  await Promise.race([begun.promise, closed])
  await sleep(milliseconds)
  child.kill('SIGKILL')
  await closed
  if (output === '') throw new Error(`The host wrote nothing: ${errors}`)
  const last = output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1)
  return last ? Number(last) : null
}

describe('P1: the host is killed while it writes, backs up and changes the key', () => {
  it(`loses nothing it acknowledged, in ${rounds} rounds`, async () => {
    let acknowledged = -1
    for (let round = 0; round < rounds; round++) {
      acknowledged = (await writeUntilKilled(acknowledged + 1, Math.random() * 700)) ?? acknowledged
      const { vault } = await openVault(folder)
      const { storage, recovery } = openDatabaseOf({ folder, vault, clock: systemClock })
      expect(storage.problem).toBeNull()
      expect(recovery).toBeNull()
      const numbers = storage.events.read('kill').map(event => (event.data as { number: number }).number)
      // In order, without a gap, each once; one more than was acknowledged may have been kept.
      expect(numbers).toEqual(numbers.map((_, index) => index))
      expect(numbers.length).toBeGreaterThan(acknowledged)
      expect(storage.collection('notes', z.string()).get(String(acknowledged))).toHaveLength(acknowledged % 3000)
      acknowledged = numbers.length - 1
      storage.close()
      checkFile(join(folder, 'cortex.db'), vault.key('database'))
    }
    console.info(`P1, database: ${rounds} kills, ${acknowledged + 1} acknowledged writes, none lost`)
  }, 60_000 + rounds * 10_000)
})
