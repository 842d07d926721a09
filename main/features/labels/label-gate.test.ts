import { describe, expect, it } from 'vitest'
import type { FileLabel } from '#shared/contract/labels.ts'
import { AppError } from '#shared/errors.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeLedger } from '../../platform/ledger/fake-ledger.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import type { GateRequest } from '../../platform/labels/context-gate.ts'
import { LabelGate } from './label-gate.ts'

const labelled = (path: string, label: FileLabel['label'], rule: string): FileLabel => ({ path, label, rule, source: 'built-in', why: '' })

function start() {
  const audit = new FakeAudit()
  const ledger = new FakeLedger()
  const log = new FakeLog()
  const labels = {
    explain: async ({ path }: { path: string }) => labelled(path, path.startsWith('.env') ? 'secret' : path.endsWith('.md') ? 'public' : 'internal', '.env*'),
    secretSource: async (_place: unknown, path: string, text: string) => (text.includes('canary') ? labelled(path, 'secret', 'the text of .env') : null),
  }
  const gate = new LabelGate({ labels, audit, ledger, log })
  const item = (path: string, text = ''): { path: string; text: string } => ({ path, text })
  const judge = (more: Partial<GateRequest<{ path: string; text: string }>>) => gate.judge({ who: 'chat', place: { workspaceId: 'w' }, items: [], overrides: [], destination: 'local', isRecorded: true, ...more })
  return { audit, ledger, log, judge, item }
}

describe('LabelGate', () => {
  it('refuses a secret and records it in ledger and audit log without its text', async () => {
    const { audit, ledger, judge, item } = start()
    expect(await judge({ items: [item('.env', 'TOKEN'), item('a.ts')] })).toMatchObject([{ label: 'secret', rule: '.env*', decision: 'refused' }, { label: 'internal', decision: 'sent' }])
    expect(ledger.notes).toEqual([{ kind: 'context', who: 'chat', why: 'file for a question', target: '.env', decision: 'refused', rule: 'label secret by .env*' }])
    expect(audit.events).toEqual([{ kind: 'context.refuse', actor: 'chat', outcome: 'refused', subject: '.env', details: { label: 'secret', rule: '.env*' } }])
  })

  it('lets the person override a secret to a local model alone, and records that as theirs', async () => {
    const { audit, ledger, judge, item } = start()
    expect(await judge({ items: [item('.env')], overrides: ['.env'] })).toMatchObject([{ decision: 'overridden' }])
    expect(audit.events).toMatchObject([{ kind: 'context.override', actor: 'person', outcome: 'allowed', subject: '.env' }])
    expect(audit.flushed).toBe(1)
    expect(ledger.notes).toMatchObject([{ decision: 'allowed', rule: 'label secret, sent once by you' }])
    expect(await judge({ items: [item('.env'), item('a.ts'), item('a.md')], overrides: ['.env', 'a.ts'], destination: 'remote' })).toMatchObject([{ decision: 'refused' }, { decision: 'refused' }, { decision: 'sent' }])
  })

  it('knows the text of a secret file under another path when it is sent', async () => {
    const { judge, item } = start()
    expect(await judge({ items: [item('notes.txt', 'canary')] })).toMatchObject([{ label: 'secret', rule: 'the text of .env', decision: 'refused' }])
    expect(await judge({ items: [item('notes.txt', 'canary')], isRecorded: false })).toMatchObject([{ decision: 'sent' }])
  })

  it('records nothing of a preview', async () => {
    const { audit, ledger, judge, item } = start()
    await judge({ items: [item('.env')], isRecorded: false })
    expect([...audit.events, ...ledger.notes]).toEqual([])
  })

  it('refuses also where that cannot be recorded, and lets nothing through that cannot', async () => {
    const { audit, log, judge, item } = start()
    audit.fault = new AppError('STORAGE_FULL', { path: '/db' })
    expect(await judge({ items: [item('.env')] })).toMatchObject([{ decision: 'refused' }])
    expect(log.written.length).toBe(1)
    await expect(judge({ items: [item('.env')], overrides: ['.env'] })).rejects.toMatchObject({ code: 'STORAGE_FULL' })
  })
})
