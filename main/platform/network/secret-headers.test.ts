import { describe, expect, it } from 'vitest'
import { FakeSecrets } from '../secrets/fake-secrets.ts'
import { readTarget } from './egress-target.ts'
import { withSecretHeaders } from './secret-headers.ts'

function to(url: string, address: string) {
  const secrets = new FakeSecrets()
  secrets.values.set('registry.token', 'canary-1').set('other', 'canary-2')
  const { target } = readTarget(url)
  return { secrets, asked: { ...target, feature: 'models', why: 'a download' }, address }
}

describe('withSecretHeaders', () => {
  const headers = { accept: '*/*', authorization: { secret: 'registry.token', prefix: 'Bearer ' }, 'x-key': { secret: 'other' } }

  it('fills in each secret while the request is sent, and tells what for', async () => {
    const purpose = to('https://registry.corp.io/a', '93.184.216.34')
    expect(await withSecretHeaders(headers, purpose, async filled => await Promise.resolve(filled))).toEqual({ accept: '*/*', authorization: 'Bearer canary-1', 'x-key': 'canary-2' })
    expect(purpose.secrets.uses).toEqual([
      { name: 'registry.token', actor: 'models', why: 'header authorization for registry.corp.io: a download' },
      { name: 'other', actor: 'models', why: 'header x-key for registry.corp.io: a download' },
    ])
  })

  it('sends none unencrypted, but to this machine', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('sent'))
    await expect(withSecretHeaders(headers, to('http://registry.corp.io/', '93.184.216.34'), never)).rejects.toThrow('EGRESS_FAILED')
    expect(await withSecretHeaders(headers, to('http://127.0.0.1:8080/', '127.0.0.1'), async filled => await Promise.resolve(filled['x-key']))).toBe('canary-2')
    await expect(withSecretHeaders(headers, { ...to('https://a.corp.io/', '93.184.216.34'), secrets: undefined }, never)).rejects.toThrow('SECRET_NOT_FOUND')
    expect(await withSecretHeaders({ accept: 'a' }, { ...to('http://a.corp.io/', '93.184.216.34'), secrets: undefined }, async filled => await Promise.resolve(filled))).toEqual({ accept: 'a' })
  })
})
