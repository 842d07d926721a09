import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { settingDefinitions, type Settings } from '#shared/setting-definitions.ts'
import { ConversationStore } from '../../main/features/chat/conversation-store.ts'
import { Retention } from '../../main/features/storage/retention.ts'
import { beginHead } from '../../main/platform/audit/audit-head.ts'
import { AuditLog } from '../../main/platform/audit/audit-log.ts'
import { AuditTable } from '../../main/platform/audit/audit-table.ts'
import { FakeAudit } from '../../main/platform/audit/fake-audit.ts'
import { verifyAudit } from '../../main/platform/audit/verify-audit.ts'
import { FakeClock } from '../../main/platform/clock/fake-clock.ts'
import { StoredLedger } from '../../main/platform/ledger/stored-ledger.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { EgressRules } from '../../main/platform/network/egress-rules.ts'
import { VaultSecrets } from '../../main/platform/secrets/vault-secrets.ts'
import { StartWatch } from '../../main/platform/starts/start-watch.ts'
import { backupsToRemove, isBackupDue, type Backup } from '../../main/platform/storage/backup-files.ts'
import { openFakeStorage } from '../../main/platform/storage/fake-storage.ts'
import type { Storage } from '../../main/platform/storage/storage.ts'
import { AttemptLimit } from '../../main/platform/vault/attempt-limit.ts'
import { FakeVault } from '../../main/platform/vault/fake-vault.ts'
import { Sessions } from '../../main/transport/sessions.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day
const jumps = { 'a day ahead': day, 'a day back': -day, 'a year back': -year }
const each = Object.entries(jumps)

let folder: string
let clock: FakeClock
let storage: Storage
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-p12-'))
  clock = new FakeClock(new Date('2026-06-01T12:00:00Z'))
  storage = openFakeStorage(clock)
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const say = (words: string): void => void process.stdout.write(`P12: ${words}\n`)

describe('P12: the wall clock is moved', () => {
  test.each(each)('%s: no grant is prolonged, and none that has time left is lost', (name, jump) => {
    const open = (): EgressRules => new EgressRules({ storage, clock, audit: new FakeAudit() })
    const rules = open()
    rules.setMode('list')
    for (const [host, minutes] of [['short.example', 60], ['long.example', 7 * 24 * 60], ['always.example', null]] as const) rules.grant({ feature: 'models', host, isLocal: false, minutes })
    const hosts = (one: EgressRules): string[] => one.grants().map(({ host }) => host).sort()
    clock.set(jump)
    // A grant that the clock calls over is over: early is safe, late is not.
    expect(hosts(rules)).toEqual(jump > 0 ? ['always.example', 'long.example'] : ['always.example', 'long.example', 'short.example'])
    rules.dispose()
    const again = open()
    clock.advance(61 * minute)
    expect(hosts(again)).toEqual(['always.example', 'long.example'])
    clock.set(-jump)
    expect(hosts(again)).toEqual(['always.example', 'long.example'])
    again.dispose()
    const last = open()
    clock.advance(7 * day)
    expect(hosts(last)).toEqual(['always.example'])
    last.dispose()
    say(`${name}: 3 grants, each ended after no more than its own time`)
  })

  test.each(each)('%s: a secret that has ended stays ended, over a restart too, and one that has not is back with the right time', async (_, jump) => {
    const open = (): VaultSecrets => new VaultSecrets({ storage, vault: new FakeVault(), audit: new FakeAudit(), clock, looksSecret: () => false })
    const use = async (secrets: VaultSecrets, name: string): Promise<string> => await secrets.use(name, { actor: 'network', why: 'a test' }, value => value.toString()).catch((error: { code: string }) => error.code)
    const secrets = open()
    const end = (milliseconds: number): Date => new Date(clock.now().getTime() + milliseconds)
    secrets.add({ name: 'short', description: '', expiresAt: end(hour) }, Buffer.from('one'))
    secrets.add({ name: 'long', description: '', expiresAt: end(12 * hour) }, Buffer.from('two'))
    secrets.add({ name: 'always', description: '', expiresAt: null }, Buffer.from('three'))
    clock.set(jump)
    expect(await use(secrets, 'long')).toBe(jump > 0 ? 'SECRET_EXPIRED' : 'two')
    clock.set(-jump)
    expect([await use(secrets, 'long'), await use(secrets, 'short'), await use(secrets, 'always')]).toEqual(['two', 'one', 'three'])
    clock.advance(2 * hour)
    clock.set(-Math.abs(jump))
    expect([await use(secrets, 'short'), await use(secrets, 'long')]).toEqual(['SECRET_EXPIRED', 'two'])
    expect(await use(open(), 'short')).toBe('SECRET_EXPIRED')
    expect(secrets.list()).toHaveLength(3)
    // The value is there still: a new end brings it back.
    secrets.setExpiry('short', end(hour))
    expect(await use(secrets, 'short')).toBe('one')
  })

  test.each(each)('%s: retention deletes nothing that is younger than was asked for, and goes on once the clock is right', async (name, jump) => {
    const ledger = new StoredLedger({ storage, clock })
    const conversations = new ConversationStore(storage, clock)
    // Each key gets the default of its own definition.
    const values = { ...Object.fromEntries(Object.entries(settingDefinitions).map(([key, { default: value }]) => [key, value])), 'privacy.keepConversations': '30', 'privacy.keepLedger': '30' } as Settings
    const forgotten: number[] = []
    const retention = new Retention({
      storage,
      clock,
      audit: new FakeAudit(),
      settings: { values: async () => values },
      kinds: [
        {
          kind: 'conversations',
          setting: 'privacy.keepConversations',
          forget: before => {
            const old = conversations.unchangedSince(before)
            for (const { workspaceId, id } of old) conversations.eraseNamed(workspaceId, id)
            return forgotten.push(old.length)
          },
        },
        { kind: 'ledger', setting: 'privacy.keepLedger', forget: before => ledger.forget(before) },
      ],
    })
    const make = (): void => {
      conversations.create('w')
      ledger.note({ kind: 'connection', who: 'models', why: 'a test', target: 'a.example', port: 443, decision: 'refused', rule: 'offline' })
      ledger.flush()
    }
    const kept = (): number[] => [conversations.list('w').length, ledger.lines({}, 100).length]
    make()
    await retention.apply()
    clock.advance(29.5 * day)
    await retention.apply()
    make()
    clock.set(jump)
    await retention.apply()
    // What is made while the clock is wrong looks older than it is once the clock is right.
    make()
    expect(kept()).toEqual([3, 3])
    clock.advance(hour)
    await retention.apply()
    clock.set(-jump)
    for (let look = 0; look < 4; look++) {
      await retention.apply()
      clock.advance(hour)
    }
    expect(kept()).toEqual([3, 3])
    for (let look = 0; look < 30; look++) {
      clock.advance(day / 24)
      await retention.apply()
    }
    expect(kept()).toEqual([2, 2])
    expect(retention.isClockDoubted).toBe(false)
    ledger.dispose()
    say(`${name}: 3 conversations and 3 ledger lines; the one of each that grew old went, after its 30 days`)
  })

  test('backups: a moved clock makes one due, and thins out by number, never by the clock', () => {
    let all: Backup[] = []
    let removedYoung = 0
    const make = (): void => {
      const backup: Backup = { path: `${all.length}`, number: (all[0]?.number ?? 0) + 1, at: clock.now(), reason: 'daily', sizeBytes: 1 }
      all = [backup, ...all]
      const gone = backupsToRemove(all)
      // The last three are never touched.
      removedYoung += gone.filter(one => one.number > backup.number - 3).length
      all = all.filter(one => !gone.includes(one))
    }
    for (let index = 0; index < 10; index++) {
      make()
      clock.advance(day)
    }
    const before = all.length
    for (const jump of Object.values(jumps)) {
      clock.set(jump)
      expect(isBackupDue(all, clock.now())).toBe(true)
      make()
      clock.set(-jump)
    }
    expect(all.length).toBeGreaterThanOrEqual(before)
    expect(removedYoung).toBe(0)
  })

  test.each(each)('%s: codes and tokens of tabs live by the time that passes', (_, jump) => {
    const sessions = new Sessions(clock)
    const [code, late] = [sessions.mintCode(), sessions.mintCode()]
    clock.set(jump)
    const exchange = sessions.exchange(code)
    expect(exchange.outcome).toBe('granted')
    clock.advance(5 * minute + 1)
    expect(sessions.exchange(late).outcome).toBe('refused')
    clock.set(-2 * jump)
    expect(exchange.outcome === 'granted' && sessions.accepts(exchange.token) && sessions.accepts(sessions.apiToken)).toBe(true)
  })

  test('the audit log keeps its order, notes each jump, and its chain stands', async () => {
    const vault = new FakeVault()
    beginHead(join(folder, 'audit.head'), vault.key('audit'))
    const open = (): AuditLog => new AuditLog({ storage, vault, headPath: join(folder, 'audit.head'), clock, log: new FakeLog() })
    let log = open()
    const record = (subject: string): void => log.record({ kind: 'secret.use', actor: 'models', outcome: 'allowed', subject })
    for (const [name, jump] of each) {
      record(`before ${name}`)
      clock.set(jump)
      record(name)
      log.dispose()
      log = open()
      record(`after ${name}`)
      clock.set(-jump)
    }
    log.flush()
    const rows = new AuditTable(storage).after(0, 100)
    expect(rows.map(row => row.sequence)).toEqual(rows.map((_, index) => index + 1))
    expect(rows.filter(row => row.kind === 'secret.use').map(row => row.subject)).toEqual(each.flatMap(([name]) => [`before ${name}`, name, `after ${name}`]))
    const noted = rows.filter(row => row.kind === 'clock.jump').length
    expect(noted).toBeGreaterThanOrEqual(each.length)
    const evidence = log.chain?.evidence()
    expect(evidence && (await verifyAudit(evidence)).findings).toEqual([])
    log.dispose()
    say(`audit log: ${rows.length} entries in order over 6 jumps, ${noted} of them noted, the chain whole`)
  })

  test.each(each)('%s: unlocking waits no longer than its 15 minutes, and a clock that is set back saves no time', (_, jump) => {
    const limit = new AttemptLimit(folder, clock)
    for (let index = 0; index < 6; index++) {
      clock.advance(limit.remaining)
      limit.begin()
    }
    const wait = limit.remaining
    expect(wait).toBeGreaterThan(0)
    clock.set(jump)
    expect(limit.remaining).toBe(wait)
    const again = new AttemptLimit(folder, clock)
    expect(again.remaining).toBeLessThanOrEqual(wait)
    if (jump < 0) expect(again.remaining).toBe(wait)
    // The count is kept in any case: the next wrong try costs more than this one did.
    clock.advance(again.remaining)
    again.begin()
    expect(again.remaining).toBe(2 * wait)
    clock.advance(15 * minute)
    expect(again.remaining).toBe(0)
  })

  test.each(each)('%s: the count of starts is that of the starts', (_, jump) => {
    vi.useFakeTimers({ toFake: ['Date'], now: clock.now() })
    try {
      const start = (): boolean => {
        const one = new StartWatch({ stateFolder: folder })
        one.ready()
        return one.isSafe
      }
      expect(start()).toBe(false)
      vi.setSystemTime(clock.now().getTime() + jump)
      expect(start()).toBe(false)
      vi.setSystemTime(clock.now())
      expect(start()).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })
})
