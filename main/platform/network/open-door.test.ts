import { connect } from 'node:net'
import { Resolver } from 'node:dns/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { selfTestName, type Sink } from '#shared/contract/self-test.ts'
import { FakeAudit } from '../audit/fake-audit.ts'
import { FakeClock } from '../clock/fake-clock.ts'
import { FakeLedger } from '../ledger/fake-ledger.ts'
import { Redactor } from '../redaction/redactor.ts'
import { FakeSecrets } from '../secrets/fake-secrets.ts'
import { openFakeStorage } from '../storage/fake-storage.ts'
import { installHostGuard } from './host-guard.ts'
import { openDoor } from './open-door.ts'

let uninstall: () => void = () => undefined
beforeAll(() => {
  uninstall = installHostGuard(false)
})
afterAll(() => uninstall())

const sink: Sink = { place: 'loopback', address: '127.0.0.1', ports: { tcp: 1, tls: 2, http: 3, preconnect: 4, udp: 5, dns: 6, stun: 7 } }
const knock = async (port: number, host = '127.0.0.1'): Promise<unknown> => await new Promise(resolve => connect({ host, port }).once('error', resolve))

it('says of a self-test what it tried, of everything else that is refused meanwhile whose it is', async () => {
  const [ledger, clock] = [new FakeLedger(), new FakeClock()]
  const door = openDoor({ storage: openFakeStorage(clock), clock, ledger, audit: new FakeAudit(), secrets: new FakeSecrets(), redactor: new Redactor() })
  const who = (): string[] => ledger.notes.splice(0).map(note => `${note.who} ${note.target}${note.port === undefined ? '' : `:${note.port}`}`)
  await knock(1)
  expect(who()).toEqual(['host 127.0.0.1:1'])
  await door.asSelfTest([sink], async () => {
    await knock(1)
    await fetch('http://127.0.0.1:3/http').catch(() => undefined)
    await new Resolver().resolve4(selfTestName).catch(() => undefined)
    await knock(9)
    await knock(1, '203.0.113.9')
  })
  expect(who()).toEqual(['self-test 127.0.0.1:1', 'self-test 127.0.0.1:3', `self-test ${selfTestName}`, 'host 127.0.0.1:9', 'host 203.0.113.9:1'])
  await door.asSelfTest([sink], () => Promise.reject(new Error('x'))).catch(() => undefined)
  await knock(1)
  expect(who()).toEqual(['host 127.0.0.1:1'])
  door.dispose()
})
