import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuditChain } from '../main/platform/audit/audit-chain.ts'
import type { PendingEntry } from '../main/platform/audit/audit-entry.ts'
import { AuditLog } from '../main/platform/audit/audit-log.ts'
import { verifyAudit } from '../main/platform/audit/verify-audit.ts'
import { systemClock } from '../main/platform/clock/clock.ts'
import { FakeLog } from '../main/platform/log/fake-log.ts'
import { Redactor } from '../main/platform/redaction/redactor.ts'
import { openStorage } from '../main/platform/storage/open-storage.ts'
import { openVault } from '../main/platform/vault/open-vault.ts'
import { figure, type Figure } from './figure.ts'

const rounds = 11
const perRound = 400
const groupEntries = 50
const verified = 1_000_000

/** The audit log on an encrypted database on disk: what an entry costs whoever records it, durable groups a second, and the verification of a million entries. */
export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-bench-'))
  const { vault } = await openVault(folder)
  const redactor = new Redactor()
  const storage = openStorage(folder, vault, systemClock)
  try {
    const audit = new AuditLog({ storage, vault, headPath: join(folder, 'audit.head'), clock: systemClock, log: new FakeLog(), mask: text => redactor.mask(text, { isSureOnly: true }) })
    const costs = Array.from({ length: rounds }, () => recordCost(audit))
    const groups = Array.from({ length: rounds }, () => groupsPerSecond(audit))
    audit.dispose()
    const chain = new AuditChain({ storage, vault, headPath: join(folder, 'audit.head'), clock: systemClock })
    fill(chain, verified)
    const startedAt = performance.now()
    const { entries, findings } = await verifyAudit(chain.evidence())
    const seconds = (performance.now() - startedAt) / 1000
    chain.close()
    if (findings.length > 0) throw new Error('the bench wrote a broken chain')
    return [
      figure(costs, { name: 'Audit entry, until `record` returns', unit: 'µs', atMost: 100, note: 'masked, with the keyed hash of a prompt of 2,000 characters; its commit comes within 100 ms' }),
      figure(groups, { name: `Durable commits of ${groupEntries} audit entries`, unit: 'commits/s', note: 'each with one fsync of the database and one of the head file' }),
      figure([seconds], { name: `Verification of ${entries.toLocaleString('en')} audit entries`, unit: 's', atMost: 10 }),
    ]
  } finally {
    storage.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function recordCost(audit: AuditLog): number {
  const prompt = 'x'.repeat(2000)
  const startedAt = performance.now()
  for (let index = 0; index < perRound; index++) audit.record({ kind: 'prompt.completion', actor: 'completion', outcome: 'done', subject: 'src/main.ts', details: { hash: audit.digest(prompt), promptTokens: index, tokens: 12 } })
  const microseconds = ((performance.now() - startedAt) * 1000) / perRound
  audit.flush()
  return microseconds
}

function groupsPerSecond(audit: AuditLog): number {
  const groups = 20
  const startedAt = performance.now()
  for (let group = 0; group < groups; group++) {
    for (let index = 0; index < groupEntries; index++) audit.record({ kind: 'file.read', actor: 'chat', outcome: 'allowed', subject: 'src/main.ts', details: { startLine: 1, endLine: index, tokens: 120 } })
    audit.flush()
  }
  return (groups * 1000) / (performance.now() - startedAt)
}

function fill(chain: AuditChain, count: number): void {
  const hash = 'a'.repeat(64)
  const atOnce = 10_000
  for (let done = chain.sequence; done < count; done += atOnce) {
    const entry = (index: number): PendingEntry => ({ at: 1_700_000_000_000 + done + index, uptime: done + index, kind: 'prompt.completion', actor: 'completion', outcome: 'done', subject: 'src/main.ts', details: `{"hash":"${hash}","promptTokens":${index},"tokens":12}` })
    chain.append(Array.from({ length: Math.min(atOnce, count - done) }, (_, index) => entry(index)))
    chain.seal('interval')
  }
}
