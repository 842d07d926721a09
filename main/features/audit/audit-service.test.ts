import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { beginHead } from '../../platform/audit/audit-head.ts'
import { AuditLog } from '../../platform/audit/audit-log.ts'
import { verifyAudit } from '../../platform/audit/verify-audit.ts'
import { verifyExport } from '../../platform/audit/verify-export.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { FakeVault } from '../../platform/vault/fake-vault.ts'
import { auditRouter } from './audit-router.ts'
import { AuditService } from './audit-service.ts'
import { cefLine } from './cef-line.ts'
import { rotateAudit } from './rotate-audit.ts'

let folder: string
let audit: AuditLog
let service: AuditService
let clock: FakeClock

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-audit-service-'))
  beginHead(join(folder, 'audit.head'), new FakeVault().key('audit'))
  clock = new FakeClock()
  const vault = new FakeVault()
  audit = new AuditLog({ storage: openFakeStorage(clock), vault, headPath: join(folder, 'audit.head'), clock, log: new FakeLog(), mask: text => text })
  service = new AuditService({ audit, vault, clock, settings: { values: async () => ({ 'audit.keepDays': 365, 'audit.keepEntries': 1_000_000 }) }, version: '1.0.0', log: new FakeLog() })
})
afterEach(() => {
  service.dispose()
  audit.dispose()
  rmSync(folder, { recursive: true, force: true })
})

const client = () => createRouterClient(auditRouter(service))

function fill(count: number): void {
  for (let index = 0; index < count; index++) audit.record({ kind: index % 2 ? 'secret.use' : 'vault.unlock', actor: 'person', outcome: index % 5 ? 'done' : 'refused', subject: `s${index}`, details: { index } })
  audit.flush()
}

async function exported(request: Parameters<ReturnType<typeof client>['export']>[0]): Promise<string[]> {
  let all = ''
  for await (const { text } of await client().export(request)) all += text
  return all.split('\n')
}

it('lists entries newest first, filtered and in pages', async () => {
  fill(10)
  const first = await client().query({ limit: 3 })
  expect(first).toMatchObject({ hasMore: true, entries: [{ sequence: 10, details: { index: 9 } }, { sequence: 9 }, { sequence: 8 }] })
  expect((await client().query({ limit: 3, before: 8 })).entries.map(entry => entry.sequence)).toEqual([7, 6, 5])
  expect((await client().query({ kind: 'vault', outcome: 'refused' })).entries.map(entry => entry.sequence)).toEqual([1])
  expect((await client().query({ text: 'S7' })).entries.map(entry => entry.sequence)).toEqual([8])
})

it('verifies with progress and tells the state what it found', async () => {
  fill(30)
  const events = []
  for await (const event of await client().verify()) events.push(event)
  expect(events.at(-1)).toMatchObject({ type: 'report', report: { entries: 30, findings: [] } })
  expect(service.state()).toMatchObject({ entries: 30, isVerifying: false, problem: null, report: { findings: [] } })
})

it('exports what the public key alone verifies, whole or a range, and finds any line that was changed', async () => {
  fill(40)
  const lines = await exported({ format: 'jsonl' })
  expect(await verifyExport(lines)).toMatchObject({ status: 'intact', entries: 41, findings: [] })
  expect(await verifyExport(await exported({ format: 'jsonl', from: 10, to: 20 }))).toMatchObject({ status: 'intact', entries: 11 })
  expect((await verifyExport(await exported({ format: 'jsonl', kind: 'vault' }))).status).toBe('filtered')
  expect((await verifyExport(['no export'])).status).toBe('unreadable')
  for (const at of [2, 20, 41]) {
    expect((await verifyExport(lines.filter((_, index) => index !== at))).status).toBe('broken')
    expect((await verifyExport(lines.with(at, lines[at]!.replace('person', 'nobody')))).status).toBe('broken')
  }
  const [header, ...rest] = await exported({ format: 'jsonl', from: 10, to: 20 })
  const last = JSON.parse(rest[0]!) as { sequence: number; hash: string }
  const begun = { ...(JSON.parse(header!) as object), start: { sequence: last.sequence, hash: last.hash } }
  const cut = [JSON.stringify(begun), ...rest.slice(1).map(line => (line.includes('"type":"end"') ? line.replace('11', '10') : line)).filter(line => !line.includes('export-start'))]
  expect(await verifyExport(cut)).toMatchObject({ status: 'broken', findings: [{ finding: 'removed', from: 1, to: 10 }] })
  expect((await verifyExport(lines.slice(0, -5))).status).toBe('broken')
  expect((await verifyExport([...lines, lines[2]!])).status).toBe('broken')
  const filtered = await exported({ format: 'jsonl', kind: 'vault' })
  expect((await verifyExport(filtered.filter((_, index) => index !== 1))).status).toBe('broken')
})

it('says of an export what is missing, once, and nothing that is not', async () => {
  fill(20)
  const lines = (await exported({ format: 'jsonl' })).filter(Boolean)
  const count = lines.filter(line => line.includes('"type":"entry"')).length
  const without = async (isGone: (line: string, entry: number) => boolean) => {
    let entry = 0
    const verdict = await verifyExport(lines.filter(line => !isGone(line, line.includes('"type":"entry"') ? ++entry : 0)))
    return verdict.findings.map(({ finding, from, to }) => `${finding} ${from}-${to}`)
  }
  expect(await without((_, entry) => entry === 2)).toEqual(['removed 2-2'])
  expect(await without(line => line.includes('"type":"end"'))).toEqual([`end-missing ${count}-${count}`])
  expect(await without((_, entry) => entry > count - 3)).toContain(`truncated ${count - 2}-${count}`)
  const selected = (await exported({ format: 'jsonl', kind: 'vault' })).filter(Boolean)
  expect((await verifyExport(selected.toSpliced(1, 1))).findings).toMatchObject([{ finding: 'some-missing' }])
})

it('finds an export that was cut off at a seal within it', async () => {
  fill(30)
  audit.seal('interval')
  fill(10)
  const lines = (await exported({ format: 'jsonl' })).filter(Boolean)
  const sealed = (line: string): number => (JSON.parse(line) as { sequence?: number }).sequence ?? 0
  const kept = lines.slice(0, -1).filter(line => sealed(line) <= 30 && !line.includes('"reason":"export"'))
  const end = JSON.parse(lines.at(-1)!) as object
  const cut = [...kept, JSON.stringify({ ...end, entries: 30 })]
  expect(await verifyExport(cut)).toMatchObject({ status: 'broken', entries: 30, findings: [{ finding: 'seal-missing', from: 30 }] })
})

it('rotates behind a sealed checkpoint, and the rest still verifies', async () => {
  fill(1500)
  clock.advance(400 * 86_400_000)
  fill(900)
  expect(await rotateAudit(audit, { days: 365, entries: 1_000_000, now: clock.now(), signal: AbortSignal.timeout(60_000) })).toBeGreaterThan(1000)
  const result = await verifyAudit(audit.chain!.evidence())
  expect(result.findings).toEqual([])
  expect(result.firstSequence).toBeGreaterThan(1000)
  expect(await verifyExport(await exported({ format: 'jsonl' }))).toMatchObject({ status: 'intact' })
})

it('writes one line of CEF for whatever an entry holds', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (actor, subject, details) => {
      const line = cefLine({ sequence: 1, at: 0, uptime: 0, kind: 'secret.use', actor, outcome: 'done', subject, details, hash: Buffer.alloc(32) }, '1.0')
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(line).not.toContain('\r')
      expect(line.split(/(?<!\\)(?:\\\\)*\|/).length).toBeGreaterThanOrEqual(8)
    }),
  )
  expect(cefLine({ sequence: 1, at: 0, uptime: 0, kind: 'file.read', actor: 'a|b', outcome: 'done', subject: 'a=b\\c\nd', details: null, hash: Buffer.alloc(32) }, '1.0')).toContain('a\\|b file.read|3|rt=0 externalId=1 act=file.read outcome=done sproc=a|b cs1Label=subject cs1=a\\=b\\\\c\\nd ')
})

it('records what is put into a file', async () => {
  await client().recordInsertion({ source: 'chat', path: 'src/a.ts', lines: 2, characters: 20 })
  expect((await client().query({ kind: 'file.write' })).entries).toMatchObject([{ subject: 'src/a.ts', details: { lines: 2, characters: 20 } }])
})
