import { describe, expect, it } from 'vitest'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FakeLedger } from '../../platform/ledger/fake-ledger.ts'
import { EgressQuestions } from '../../platform/network/egress-questions.ts'
import { EgressRules } from '../../platform/network/egress-rules.ts'
import { FakeNetworkDoor } from '../../platform/network/fake-network-door.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { EgressService } from './egress-service.ts'

function setUp() {
  const clock = new FakeClock()
  const ledger = new FakeLedger()
  const door = new FakeNetworkDoor()
  const questions = new EgressQuestions(clock)
  const rules = new EgressRules({ storage: openFakeStorage(), clock, audit: new FakeAudit() })
  return { clock, ledger, door, questions, rules, service: new EgressService({ rules, questions, door, ledger, clock, isHostGuarded: () => true }) }
}

const asked = { feature: 'models', why: 'a download', host: 'a.example', port: 443, isLocal: false }
const never = new AbortController().signal

describe('EgressService', () => {
  it('tells the mode, the grants and the questions as they change', async () => {
    const { service, questions } = setUp()
    const states = service.watch()
    expect((await states.next()).value).toEqual({ type: 'snapshot', mode: 'offline', isLocked: false, isHostGuarded: true, grants: [], questions: [] })
    service.setMode('ask')
    expect((await states.next()).value).toMatchObject({ mode: 'ask' })
    const answer = questions.ask(asked, never)
    const { value } = await states.next()
    expect(value).toMatchObject({ questions: [{ host: 'a.example' }] })
    service.answer(value!.questions[0]!.id, 'hour')
    expect(await answer).toBe('hour')
    expect(service.state()).toMatchObject({ questions: [], grants: [{ host: 'a.example', port: 443, feature: 'models', expiresAt: expect.any(Date) }] })
    await states.return()
  })

  it('grants for good, once or not at all, and refuses what waits when the mode changes', async () => {
    const { service, questions } = setUp()
    service.setMode('ask')
    for (const [word, grants] of [['once', 0], ['refuse', 0], ['always', 1]] as const) {
      const answer = questions.ask(asked, never)
      service.answer(questions.pending()[0]!.id, word)
      expect(await answer).toBe(word)
      expect(service.state().grants).toHaveLength(grants)
    }
    expect(service.state().grants[0]?.expiresAt).toBeNull()
    const waiting = questions.ask({ ...asked, host: 'b.example' }, never)
    service.setMode('offline')
    expect(await waiting).toBe('refuse')
    service.revoke(service.state().grants[0]!.id)
    expect(service.state().grants).toEqual([])
  })

  it('says what would happen, and by which rule', () => {
    const { service } = setUp()
    expect(service.check('https://a.example/', 'models')).toEqual({ host: 'a.example', port: 443, decision: 'refused', rule: 'offline' })
    service.setMode('ask')
    expect(service.check('https://a.example/', 'models')).toMatchObject({ decision: 'asked', rule: 'you are asked first' })
    service.grant({ feature: 'models', host: 'a.example', isLocal: false })
    expect(service.check('https://a.example/', 'models')).toMatchObject({ decision: 'allowed', rule: 'granted to models' })
    expect(service.check('http://2852039166/', 'models')).toMatchObject({ host: '169.254.169.254', decision: 'refused', rule: 'metadata address' })
  })

  it('tries an address as the feature `try`', async () => {
    const { service, door } = setUp()
    door.pages.set('https://a.example/', { status: 200, body: 'hello' })
    expect(await service.try('https://a.example/')).toMatchObject({ status: 200, bytes: 5 })
    expect(door.requests[0]).toMatchObject({ feature: 'try' })
    await expect(service.try('https://b.example/')).rejects.toThrow('EGRESS_REFUSED')
  })

  it('takes 20 reports of the page a minute, and no more', () => {
    const { service, ledger, clock } = setUp()
    for (let index = 0; index < 50; index++) service.report({ directive: 'img-src', host: `${index}.example`, port: 443 })
    expect(ledger.notes).toHaveLength(20)
    expect(ledger.notes[0]).toMatchObject({ who: 'page', why: 'an image', target: '0.example', port: 443, decision: 'refused', rule: "the page's policy (img-src)" })
    clock.advance(61_000)
    service.report({ directive: 'unknown', host: 'late.example', port: 0 })
    expect(ledger.notes).toHaveLength(21)
    expect(ledger.notes[20]?.port).toBeUndefined()
  })
})
