import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findingText } from '#shared/audit-words.ts'
import { AuditLog } from '../../main/platform/audit/audit-log.ts'
import { verifyAudit } from '../../main/platform/audit/verify-audit.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { openStorage } from '../../main/platform/storage/open-storage.ts'
import { VaultStorage } from '../../main/platform/storage/vault-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// Somebody has the database and even its key, but not the audit key; and a host that is killed must not look like such a one.
const rounds = process.env['CORTEX_SOAK'] ? 1000 : 8
const entries = 60
const script = join(import.meta.dirname, '../support/audit-script.ts')

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'audit-tamper-'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

const file = (name: string): string => join(folder, name)

async function withLog<T>(work: (audit: AuditLog) => Promise<T> | T): Promise<T> {
  const { vault } = await openVault(folder)
  const storage = new VaultStorage({ folder, vault, clock: systemClock })
  const audit = new AuditLog({ storage, vault, headPath: file('audit.head'), clock: systemClock, log: new FakeLog(), mask: text => text })
  try {
    return await work(audit)
  } finally {
    audit.dispose()
    storage.close()
  }
}

async function write(count = entries): Promise<void> {
  await withLog(audit => {
    for (let index = 0; index < count; index++) audit.record({ kind: 'secret.use', actor: 'models', outcome: 'allowed', subject: `use ${index}`, details: { index } })
    audit.flush()
  })
}

/** What the next start finds, in words. */
async function found(): Promise<string[]> {
  return await withLog(async audit => {
    audit.flush()
    if (!audit.chain) throw new Error('the log stayed shut')
    return (await verifyAudit(audit.chain.evidence())).findings.map(findingText)
  })
}

/** What a person with the key of the database can do: all of SQL, without the triggers. */
async function attack(...statements: string[]): Promise<void> {
  const { vault } = await openVault(folder)
  const storage = openStorage(folder, vault, systemClock)
  const triggers = ['audit_entries_never_change', 'audit_entries_only_rotate', 'audit_seals_never_change', 'audit_seals_only_rotate']
  try {
    for (const sql of [...triggers.map(name => `DROP TRIGGER ${name}`), ...statements]) storage.prepare(sql).run()
  } finally {
    storage.close()
  }
}

describe('an attacker who has the file at hand and the key of the database', () => {
  it('is not imagined where nothing was done', async () => {
    await write()
    expect(await found()).toEqual([])
  })

  it('edits one byte of one entry', async () => {
    await write()
    await attack(`UPDATE audit_entries SET subject = 'use 1!' WHERE sequence = 17`)
    expect(await found()).toEqual(['Entry 17 was edited: what it says is not what was written.'])
  })

  it('removes the last 10', async () => {
    await write()
    await attack(`DELETE FROM audit_entries WHERE sequence > ${entries - 10}`, 'DELETE FROM audit_seals')
    expect(await found()).toEqual(['Entries 51 to 60 were removed (10). Cortex noticed at its next start.'])
  })

  it('removes some in the middle', async () => {
    await write()
    await attack('DELETE FROM audit_entries WHERE sequence BETWEEN 20 AND 24')
    expect(await found()).toEqual(['Entries 20 to 24 were removed (5).'])
  })

  it('swaps two', async () => {
    await write()
    await attack('UPDATE audit_entries SET sequence = -1 WHERE sequence = 12', 'UPDATE audit_entries SET sequence = 12 WHERE sequence = 40', 'UPDATE audit_entries SET sequence = 40 WHERE sequence = -1')
    expect(await found()).toEqual(['Entries 12 and 40 changed places.'])
  })

  it('puts an older copy of the database in its place', async () => {
    await write()
    fs.copyFileSync(file('cortex.db'), file('copy.db'))
    await write(20)
    fs.rmSync(file('cortex.db-wal'), { force: true })
    fs.copyFileSync(file('copy.db'), file('cortex.db'))
    expect(await found()).toEqual(['Entries 61 to 80 were removed (20). Cortex noticed at its next start.'])
    // It stays known at every later start.
    await write(5)
    expect(await found()).toEqual(['Entries 61 to 80 were removed (20). Cortex noticed at its next start.'])
  })

  it('removes every entry, every seal and the head file', async () => {
    await write()
    await attack('DELETE FROM audit_entries', 'DELETE FROM audit_seals')
    fs.rmSync(file('audit.head'))
    expect(await found()).toEqual(['The head file is missing since before entry 1: whether the end was cut off cannot be told. Cortex noticed at its next start.'])
    await write(5)
    expect(await found()).toEqual(['The head file is missing since before entry 1: whether the end was cut off cannot be told. Cortex noticed at its next start.'])
  })

  it('takes away the key of the log, so that a new one would make it its own', async () => {
    await write()
    const whole = fs.readFileSync(file('vault.json'), 'utf8')
    const content = JSON.parse(whole) as { keys: Record<string, unknown> }
    delete content.keys['audit']
    for (const name of ['vault.json', 'vault.json.bak']) fs.writeFileSync(file(name), JSON.stringify(content))
    // Locked: nothing is verified, and nothing goes on with another key.
    await expect(found()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await expect(found()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    fs.writeFileSync(file('vault.json'), whole)
    expect(await found()).toEqual([])
  })

  it('begins a new vault over the same database', async () => {
    await write()
    const { vault } = await openVault(folder)
    const databaseKey = vault.key('database')
    for (const name of ['vault.json', 'vault.json.bak', 'vault.key']) fs.rmSync(file(name), { force: true })
    // What a profile from before the vault looks like: its database is taken over with its key.
    fs.writeFileSync(file('cortex.key'), databaseKey)
    expect(await found()).toEqual(expect.arrayContaining([
      'Entries 1 to 59 were edited: its MAC.',
      "The seal at entry 60 is not the profile's.",
      'Entry 61 follows an end that is not the one that the head file names. Cortex noticed at its next start.',
    ]))
  })

  it('takes the head file away, or puts another one there', async () => {
    await write()
    fs.rmSync(file('audit.head'))
    expect((await found())[0]).toContain('The head file is missing since before entry 61')
    fs.writeFileSync(file('audit.head'), 'x'.repeat(512))
    expect((await found())[1]).toContain('The head file was edited or damaged')
  })
})

describe('a host that is killed', () => {
  it(`never looks like tampering, and loses nothing that it called durable (${rounds} kills)`, async () => {
    let acknowledged = 0
    for (let round = 0; round < rounds; round++) {
      acknowledged = Math.max(acknowledged, await recordUntilKilled(40 + Math.random() * 250))
      const { last, words } = await withLog(async audit => {
        if (!audit.chain) throw new Error('the log stayed shut')
        const result = await verifyAudit(audit.chain.evidence())
        return { last: result.lastSequence, words: result.findings.map(findingText) }
      })
      expect(words).toEqual([])
      expect(last).toBeGreaterThanOrEqual(acknowledged)
    }
    process.stdout.write(`audit log: ${rounds} kills, ${acknowledged} entries acknowledged, none lost, nothing taken for tampering\n`)
  }, rounds * 6000)
})

/** The last number that was acknowledged; 0 for none. */
async function recordUntilKilled(milliseconds: number): Promise<number> {
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const begun = Promise.withResolvers<undefined>()
  child.stdout.on('data', chunk => {
    output += String(chunk)
    begun.resolve(undefined)
  })
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  await Promise.race([begun.promise, closed])
  await sleep(milliseconds)
  child.kill('SIGKILL')
  await closed
  const whole = output.slice(0, output.lastIndexOf('\n')).split('\n')
  return Number(whole.at(-1) ?? 0)
}
