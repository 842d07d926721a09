import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { rotateAudit } from '../../main/features/audit/rotate-audit.ts'
import { TrustService } from '../../main/features/trust/trust-service.ts'
import { AuditLog } from '../../main/platform/audit/audit-log.ts'
import { verifyAudit } from '../../main/platform/audit/verify-audit.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { DiskFiles } from '../../main/platform/files/disk-files.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { VaultSecrets } from '../../main/platform/secrets/vault-secrets.ts'
import { VaultStorage } from '../../main/platform/storage/vault-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// Does what must be recorded while each write of the audit log and of its head file fails in turn, and prints what came of it as JSON.
// argv: a folder on a small disk of its own; the bytes of room added each time.
const [folder = '', stepBytes = '4096'] = process.argv.slice(2)
const mostRoom = 120_000
const clock = systemClock
const filler = join(folder, 'filler')
const state = join(folder, 'state')
const log = new FakeLog()
const outcomes: Record<string, number> = {}
let fillings = 0
let headFaults = 0
let starts = 0

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error)
const count = (key: string): void => void (outcomes[key] = (outcomes[key] ?? 0) + 1)

// A first start on a full disk makes nothing that looks like tampering later.
for (let room = 0; room < mostRoom; room += Number(stepBytes)) {
  const first = join(folder, 'first')
  fs.mkdirSync(first)
  fill(room)
  starts++
  const cutShort = await start(first)
  record(cutShort.audit, 'first')
  cutShort.close()
  count(`start ${cutShort.reason ?? 'ok'}`)
  fs.rmSync(filler)
  const again = await start(first)
  if (again.reason !== null || again.audit.chain?.gap !== null) throw new Error(`A start with ${room} bytes of room left ${again.reason ?? again.audit.chain?.gap?.finding}`)
  await expectWhole(again.audit, `a start with ${room} bytes`)
  again.close()
  fs.rmSync(first, { recursive: true })
}

fs.mkdirSync(state)
let host = await start(state)
host.secrets.add({ name: 'token', description: '', expiresAt: null }, Buffer.from('a value that nobody guesses'))
for (let index = 0; index < 1300; index++) host.audit.record({ kind: 'setting.change', actor: 'person', outcome: 'done', subject: `filled ${index}` })
host.audit.flush()

let number = 0
/** What must not happen unrecorded: whether it happened. The subject names the try. */
const actions: Record<string, (subject: string) => Promise<boolean>> = {
  secret: async subject => {
    let isUsed = false
    await host.secrets.use('token', { actor: 'models', why: subject }, () => (isUsed = true))
    return isUsed
  },
  trust: async subject => {
    await host.trust.grant(subject, 'folder')
    return host.trust.isTrusted(join('/code', subject))
  },
  override: async subject => {
    host.audit.recordFirst({ kind: 'context.override', actor: 'person', outcome: 'allowed', subject })
    return true
  },
}

for (let room = 0; room < mostRoom; room += Number(stepBytes)) {
  for (const [name, action] of Object.entries(actions)) {
    // The write-ahead log begins anew, so that every page of it needs room.
    host.storage.reopen()
    await attempt(name, action, () => {
      fill(room)
      fillings++
    }, () => fs.rmSync(filler))
  }
  host.storage.reopen()
  fill(room)
  fillings++
  for (const [name, work] of Object.entries({ seal: async () => host.audit.seal('interval'), rotate: async () => await rotateAudit(host.audit, { days: 365, entries: 1000, now: clock.now(), signal: new AbortController().signal }) })) {
    count(`${name} ${await work().then(() => 'ok', codeOf)}`)
  }
  // Ended while the disk is full: the next start finds nothing amiss.
  host.close()
  fs.rmSync(filler)
  host = await start(state)
  if (host.audit.chain?.gap) throw new Error(`An end with ${room} bytes of room left ${host.audit.chain.gap.finding}`)
  await expectWhole(host.audit, `an end with ${room} bytes`)
}

// Writing in place needs no room: here the system refuses each write and each sync of the head file in turn.
for (const [name, action] of Object.entries(actions)) {
  for (let failing = 1, isHit = true; isHit; failing++) {
    const restore = failHeadWrite(failing)
    await attempt(name, action, () => undefined, () => {
      isHit = restore()
      if (isHit) headFaults++
    })
  }
}
host.close()
const left = fs.readdirSync(state).filter(name => name.endsWith('.tmp'))
process.stdout.write(JSON.stringify({ fillings, headFaults, starts, outcomes, left }))

async function start(at: string) {
  const { vault, slots } = await openVault(at)
  const storage = new VaultStorage({ folder: at, vault, clock })
  const audit = new AuditLog({ storage, vault, headPath: join(at, 'audit.head'), clock, log })
  const secrets = new VaultSecrets({ storage, vault, audit, clock, looksSecret: () => false })
  const trust = new TrustService({ files: new DiskFiles(), storage, audit, clock, home: '/home/me', workspaces: { get: async id => ({ path: join('/code', id) }) } })
  const close = (): void => {
    trust.dispose()
    audit.dispose()
    storage.close()
  }
  return { reason: slots.vault.reason, storage, audit, secrets, trust, close }
}

async function attempt(name: string, action: (subject: string) => Promise<boolean>, prepare: () => void, mend: () => void): Promise<void> {
  const subject = `try-${++number}`
  const before = host.audit.chain?.sequence ?? 0
  prepare()
  const code = await action(subject).then(hasHappened => (hasHappened ? 'ok' : 'nothing'), codeOf)
  const recordedThen = claims(subject, before)
  mend()
  count(`${name} ${code}`)
  if (code === 'ok' && recordedThen === 0) throw new Error(`${name} ${number} happened and was not on disk`)
  if (host.trust.isTrusted(join('/code', subject)) !== (name === 'trust' && code === 'ok')) throw new Error(`${name} ${number} was refused with ${code} and happened`)
  host.audit.flush()
  if (host.audit.problem) throw host.audit.problem
  const recorded = claims(subject, before)
  const taken = code === 'ok' ? 0 : failures(subject, before)
  if (code !== 'ok' && recorded !== taken) throw new Error(`${name} ${number} was refused with ${code}, and the log says that it happened`)
  await expectWhole(host.audit, `${name} ${number}, ${code}`)
}

/** Entries that say that it was done or allowed. */
function claims(subject: string, after: number): number {
  return entries(subject, after).filter(({ outcome }) => outcome !== 'failed').length
}

function failures(subject: string, after: number): number {
  return entries(subject, after).filter(({ outcome }) => outcome === 'failed').length
}

function entries(subject: string, after: number) {
  return host.audit.chain?.table.after(after, 100).filter(row => `${row.subject} ${row.details}`.includes(subject)) ?? []
}

async function expectWhole({ chain }: AuditLog, when: string): Promise<void> {
  if (!chain) throw new Error(`After ${when} the log stayed shut`)
  const evidence = chain.evidence()
  const { findings } = await verifyAudit(evidence)
  const last = chain.table.last()
  const head = evidence.head.status === 'ok' ? evidence.head.head : null
  const isAtEnd = [head?.confirmed, head?.intended].some(place => place?.sequence === (last?.sequence ?? 0))
  if (findings.length > 0 || !isAtEnd) throw new Error(`After ${when}: ${JSON.stringify({ findings, head, last: last?.sequence })}`)
}

function record(audit: AuditLog, subject: string): void {
  try {
    audit.recordFirst({ kind: 'context.override', actor: 'person', outcome: 'allowed', subject })
  } catch (error) {
    count(`first ${codeOf(error)}`)
  }
}

/** Leaves `room` bytes free. */
function fill(room: number): void {
  const { bavail, bsize } = fs.statfsSync(folder)
  fs.writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - room), 1))
}

/** The given write or sync of this process fails for lack of room, and so do all that follow until the answer is called, which says whether there was one. */
function failHeadWrite(failing: number): () => boolean {
  const { writeSync, fdatasyncSync } = fs
  let calls = 0
  const isFailing = (): boolean => ++calls >= failing
  const refuse = (): never => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  }
  Object.assign(fs, {
    writeSync: (...input: Parameters<typeof writeSync>) => (isFailing() ? refuse() : writeSync(...input)),
    fdatasyncSync: (descriptor: number) => (isFailing() ? refuse() : fdatasyncSync(descriptor)),
  })
  syncBuiltinESMExports()
  return () => {
    Object.assign(fs, { writeSync, fdatasyncSync })
    syncBuiltinESMExports()
    return calls >= failing
  }
}
