import { describe, expect, it } from 'vitest'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { ServerClients } from './server-clients.ts'

const asked = { name: 'editor', scopes: ['chat' as const], models: 'all' as const, requestsPerMinute: null, tokensPerMinute: null, expiresAt: null }
function setUp() {
  const clock = new FakeClock()
  const audit = new FakeAudit()
  const storage = openFakeStorage(clock)
  return { clock, audit, storage, clients: new ServerClients({ storage, audit, clock }) }
}

describe('ServerClients', () => {
  it('knows a client by its token after a restart, and keeps the token nowhere', () => {
    const { clock, audit, storage, clients } = setUp()
    const { client, token } = clients.create(asked)
    expect(token).toMatch(/^cortex-[\w-]{43}$/)
    expect(client).toMatchObject({ name: 'editor', isExpired: false, lastUsedAt: null })
    const again = new ServerClients({ storage, audit, clock })
    expect(again.identify(token)).toMatchObject({ id: client.id })
    for (const wrong of [undefined, '', `${token}x`, token.slice(0, -1)]) expect(again.identify(wrong)).toBeNull()
    expect(JSON.stringify([again.list(), audit.events])).not.toContain(token.slice(7))
    expect(audit.events).toMatchObject([{ kind: 'server.client-add', subject: 'editor', details: { scopes: 'chat', models: 'all' } }])
  })

  it('has each name once, and revokes by id', () => {
    const { audit, clients } = setUp()
    const { client, token } = clients.create(asked)
    expect(() => clients.create(asked)).toThrow(expect.objectContaining({ code: 'SERVER_CLIENT_EXISTS' }))
    clients.revoke(client.id)
    expect(clients.identify(token)).toBeNull()
    expect(clients.get(client.id)).toBeNull()
    expect(() => clients.revoke(client.id)).toThrow(expect.objectContaining({ code: 'SERVER_CLIENT_NOT_FOUND' }))
    expect(audit.kinds()).toEqual(['server.client-add', 'server.client-revoke'])
  })

  it('ends a client at its end, also where the clock is set back', () => {
    const { clock, clients } = setUp()
    const { token } = clients.create({ ...asked, expiresAt: new Date(clock.now().getTime() + 60_000) })
    expect(clients.identify(token)).not.toBeNull()
    clock.advance(60_000)
    expect(clients.identify(token)).toBeNull()
    clock.set(-3_600_000)
    expect(clients.identify(token)).toBeNull()
    expect(clients.list()[0]!.isExpired).toBe(true)
  })

  it('notes the last use once a minute', () => {
    const { clock, clients } = setUp()
    const { client } = clients.create(asked)
    let told = 0
    clients.onChange(() => told++)
    const use = (): void => clients.noteUse(clients.get(client.id)!)
    use()
    use()
    expect(told).toBe(1)
    clock.advance(60_000)
    use()
    expect(told).toBe(2)
    expect(clients.list()[0]!.lastUsedAt).toEqual(clock.now())
  })
})
