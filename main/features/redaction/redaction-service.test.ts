import { describe, expect, it } from 'vitest'
import { githubToken } from '../../../tests/support/made-up-secrets.ts'
import { AppError } from '#shared/errors.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FalseAlarms } from '../../platform/redaction/false-alarms.ts'
import { maskDetails } from '../../platform/redaction/mask-details.ts'
import { maskEvent } from '../../platform/redaction/mask-event.ts'
import { maskOutgoing } from '../../platform/redaction/mask-outgoing.ts'
import { Redactor } from '../../platform/redaction/redactor.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { FakeVault } from '../../platform/vault/fake-vault.ts'
import { RedactionService } from './redaction-service.ts'

const token = githubToken('aB3d')

function start() {
  const clock = new FakeClock()
  const storage = openFakeStorage(clock)
  const vault = new FakeVault()
  const audit = new FakeAudit()
  const redactor = new Redactor()
  const falseAlarms = new FalseAlarms({ storage, vault, clock })
  redactor.useFalseAlarms((kind, value) => falseAlarms.has(kind, value))
  return { storage, vault, audit, redactor, service: new RedactionService({ redactor, falseAlarms, audit }) }
}

describe('RedactionService', () => {
  it('shows what would be masked and where, and never what stands there', () => {
    const { service } = start()
    const result = service.test(`first\nkey ${token}\nmail ann@corp.io from 10.0.0.1\n`, true)
    expect(result.masked).toBe('first\nkey [masked: github-token 1]\nmail [masked: email 1] from [masked: ip-address 1]\n')
    expect(result.findings).toMatchObject([{ kind: 'github-token', line: 2, column: 5, start: 10, length: 40 }, { kind: 'email', line: 3, column: 6 }, { kind: 'ip-address', line: 3, column: 23 }])
    expect(result.count).toBe(3)
    expect(JSON.stringify(result)).not.toContain(token)
  })

  it('takes a false alarm for one text and kind, keeps no text of it, and undoes it', () => {
    const { service, storage, vault, audit } = start()
    service.addFalseAlarm('github-token', token)
    service.addFalseAlarm('github-token', token)
    expect(service.test(`${token} ${githubToken('cD4e')}`, false).masked).toBe(`${token} [masked: github-token 1]`)
    const alarms = service.listFalseAlarms()
    expect(alarms).toMatchObject([{ kind: 'github-token', length: 40 }])
    const kept = storage.prepare<[], { value: string }>("SELECT value FROM documents WHERE collection = 'false-alarms'").all()
    expect(JSON.stringify([kept, audit.events])).not.toContain(token.slice(0, 12))
    vault.setOpen(false)
    expect(service.test(token, false).count).toBe(1)
    vault.setOpen(true)
    service.removeFalseAlarm(alarms[0]?.id ?? '')
    service.removeFalseAlarm('nobody')
    expect(service.test(token, false).count).toBe(1)
    expect(audit.kinds()).toEqual(['redaction.false-alarm', 'redaction.false-alarm', 'redaction.false-alarm'])
  })

  it('never lets a stored secret be a false alarm', () => {
    const { service, redactor } = start()
    redactor.known.set(show => show('stored-value'))
    expect(() => service.addFalseAlarm('own-secret', 'x')).toThrow(AppError)
    expect(() => service.addFalseAlarm('email', 'the stored-value')).toThrow('REDACTION_OWN_SECRET')
  })
})

describe('what leaves main', () => {
  it('is masked, and the audit log is told how much', () => {
    const { redactor, audit } = start()
    expect(maskOutgoing('nothing', { redactor, audit, actor: 'network', target: 'api.corp.io' }).text).toBe('nothing')
    expect(audit.events).toEqual([])
    expect(maskOutgoing(`${token} ${githubToken('cD4e')}`, { redactor, audit, actor: 'network', target: 'api.corp.io' }).text).not.toContain(token)
    expect(audit.events).toMatchObject([{ kind: 'redaction.mask', subject: 'api.corp.io', details: { 'github-token': 2 } }])
  })

  it('has nothing in the fields of log lines and entries', () => {
    const { redactor } = start()
    const details = maskDetails({ count: 3, when: new Date(0), list: [token, { deep: token }], deepest: { a: { b: { c: { d: { e: 1 } } } } }, none: null }, redactor)
    expect(JSON.stringify(details)).not.toContain(token)
    expect(details).toMatchObject({ count: 3, none: null, when: new Date(0), deepest: { a: { b: { c: { d: '[cut]' } } } } })
    const mask = (text: string): string => redactor.mask(text, { isSureOnly: true })
    const plain = { kind: 'file.read', actor: 'chat', outcome: 'done', subject: 'src/a.ts', details: { lines: 4, hash: 'ab12'.repeat(16) } } as const
    expect(maskEvent(plain, mask)).toBe(plain)
    expect(maskEvent({ ...plain, subject: `keys/${token}`, details: { rule: token, lines: 4 } }, mask)).toMatchObject({ subject: 'keys/[masked: github-token 1]', details: { rule: '[masked: github-token 1]', lines: 4 } })
    expect(maskEvent({ kind: 'host.stop', actor: token, outcome: 'done', details: { why: token } }, mask)).toMatchObject({ details: { why: '[masked: github-token 1]' } })
  })
})
