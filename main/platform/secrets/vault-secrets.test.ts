import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '#shared/errors.ts'
import { FakeAudit } from '../audit/fake-audit.ts'
import { FakeClock } from '../clock/fake-clock.ts'
import { FakeLog } from '../log/fake-log.ts'
import { Redactor } from '../redaction/redactor.ts'
import { openFakeStorage } from '../storage/fake-storage.ts'
import type { Storage } from '../storage/storage.ts'
import { FakeVault } from '../vault/fake-vault.ts'
import { maskOwnSecrets } from './mask-own-secrets.ts'
import { seal, unseal } from './seal.ts'
import { VaultSecrets } from './vault-secrets.ts'

const canary = 'canary-value-4711'
const purpose = { actor: 'network', why: 'header authorization for api.corp.io' }
let clock: FakeClock
let audit: FakeAudit
let storage: Storage
let secrets: VaultSecrets

beforeEach(() => {
  clock = new FakeClock()
  audit = new FakeAudit()
  storage = openFakeStorage(clock)
  secrets = new VaultSecrets({ storage, vault: new FakeVault(), audit, clock, looksSecret: text => text.startsWith('ghp') })
})

const add = (name = 'token', value = canary, expiresAt: Date | null = null): void => secrets.add({ name, description: '', expiresAt }, Buffer.from(value))
const read = async (name = 'token'): Promise<string> => await secrets.use(name, purpose, value => value.toString())
async function codeOf(work: () => unknown): Promise<ErrorCode | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

describe('VaultSecrets', () => {
  it('hands a value to work and fills it with zeros after it', async () => {
    add()
    let kept: Buffer | null = null
    expect(await secrets.use('token', purpose, async value => {
      kept = value
      await Promise.resolve()
      return value.toString()
    })).toBe(canary)
    expect(kept).toEqual(Buffer.alloc(canary.length))
    expect(secrets.list()).toMatchObject([{ name: 'token', uses: 1, lastUsedAt: clock.now(), version: 1 }])
  })

  it('records a use before the value is read, and reads none where it cannot', async () => {
    add()
    audit.fault = new AppError('STORAGE_FULL', { path: 'cortex.db' })
    let isRead = false
    expect(await codeOf(() => secrets.use('token', purpose, () => (isRead = true)))).toBe('STORAGE_FULL')
    expect(isRead).toBe(false)
    audit.fault = null
    await secrets.use('token', purpose, () => expect(audit.events.at(-1)).toMatchObject({ kind: 'secret.use', actor: 'network', outcome: 'allowed', subject: 'token', details: { why: purpose.why } }))
  })

  it('refuses one that has ended until it is replaced', async () => {
    add('token', canary, new Date(clock.now().getTime() + 1000))
    expect(await read()).toBe(canary)
    clock.advance(1000)
    expect(await codeOf(read)).toBe('SECRET_EXPIRED')
    expect(audit.events.at(-1)).toMatchObject({ kind: 'secret.use', outcome: 'refused' })
    secrets.rotate('token', Buffer.from('next-value'))
    expect(await read()).toBe('next-value')
    secrets.setExpiry('token', clock.now())
    expect(await codeOf(read)).toBe('SECRET_EXPIRED')
    secrets.setExpiry('token', null)
    expect(await read()).toBe('next-value')
  })

  it('takes up to 64 KiB, and names that are names', async () => {
    expect(await codeOf(() => secrets.add({ name: 'big', description: '', expiresAt: null }, randomBytes(64 * 1024)))).toBeNull()
    expect(await codeOf(() => secrets.add({ name: 'bigger', description: '', expiresAt: null }, randomBytes(1024 * 1024)))).toBe('SECRET_TOO_LARGE')
    expect(await codeOf(() => add('empty', ''))).toBe('SECRET_EMPTY')
    for (const name of ['', ' a', 'a b', 'ä', 'x'.repeat(65), '../a', 'ghpaaaa']) expect(await codeOf(() => add(name))).toBe('SECRET_NAME_INVALID')
    add('a')
    expect(await codeOf(() => add('a'))).toBe('SECRET_EXISTS')
    secrets.delete('a')
    for (const work of [() => read('a'), () => secrets.rotate('a', Buffer.from('x')), () => secrets.delete('a'), () => secrets.setExpiry('a', null)]) expect(await codeOf(work)).toBe('SECRET_NOT_FOUND')
    expect(audit.kinds()).toEqual(['secret.add', 'secret.add', 'secret.delete'])
  })

  it('lets no error carry the value out', async () => {
    add()
    const failing = (thrown: unknown) => secrets.use('token', purpose, () => {
      throw thrown
    })
    for (const thrown of [new Error(`bad ${canary}`), `text ${canary}`, new Error('outer', { cause: { deep: [canary] } }), Object.assign(new Error('x'), { header: Buffer.from(canary) }), new AppError('HOST_UNREACHABLE', { reason: canary })]) {
      const error: unknown = await failing(thrown).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(Error)
      expect(`${String(error)} ${(error as Error).stack} ${JSON.stringify(error)} ${String((error as Error).cause)}`).not.toContain(canary)
    }
    await expect(failing(new Error('plain'))).rejects.toThrow('plain')
  })

  it('keeps nothing readable: not in the database, not under another name or version', async () => {
    add('one')
    add('two', 'other-value')
    const rows = storage.prepare<[], { value: string }>("SELECT value FROM documents WHERE collection = 'secrets' ORDER BY key").all().map(({ value }) => value)
    expect(rows.join()).not.toContain(canary)
    expect(rows.join()).not.toContain(Buffer.from(canary).toString('base64').slice(0, 12))
    const [one, two] = rows.map(row => JSON.parse(row) as { sealed: string })
    const swap = storage.prepare<[string]>("UPDATE documents SET value = ? WHERE collection = 'secrets' AND key = 'two'")
    swap.run(JSON.stringify({ ...two, sealed: one?.sealed }))
    expect(await codeOf(() => read('two'))).toBe('SECRET_DAMAGED')
    secrets.rotate('one', Buffer.from('third-value'))
    storage.prepare<[string]>("UPDATE documents SET value = json_set(value, '$.sealed', ?) WHERE collection = 'secrets' AND key = 'one'").run(one?.sealed ?? '')
    expect(await codeOf(() => read('one'))).toBe('SECRET_DAMAGED')
  })

  it('shows its values to the redactor, and takes them back', () => {
    const redactor = new Redactor()
    const stop = maskOwnSecrets({ secrets, storage, redactor, log: new FakeLog() })
    add()
    expect(redactor.mask(`x ${canary} y`)).toBe('x [masked: own-secret 1] y')
    secrets.rotate('token', Buffer.from('following-9'))
    expect(redactor.mask(`x following-9 ${canary}`)).toBe(`x [masked: own-secret 1] ${canary}`)
    stop()
    expect(redactor.mask('x following-9')).toBe('x following-9')
  })

  it('goes on where its values cannot be read to mask them', () => {
    const log = new FakeLog()
    const locked = new VaultSecrets({ storage, vault: new FakeVault({ isOpen: false }), audit, clock, looksSecret: () => false })
    maskOwnSecrets({ secrets: locked, storage, redactor: new Redactor(), log })
    expect(log.written).toHaveLength(1)
  })
})

describe('seal', () => {
  it('opens with key and context, and with nothing else', () => {
    const key = randomBytes(32)
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), fc.string(), (value, place, other) => {
        const sealed = seal(key, 'context', value)
        expect(unseal(key, 'context', sealed)).toEqual(Buffer.from(value))
        const changed = Buffer.from(sealed)
        changed[place % changed.length] = (changed[place % changed.length] ?? 0) ^ 1
        expect(unseal(key, 'context', changed)).toBeNull()
        expect(unseal(key, `context${other}.`, sealed)).toBeNull()
        expect(unseal(randomBytes(32), 'context', sealed)).toBeNull()
        expect(unseal(key, 'context', sealed.subarray(0, place % 28))).toBeNull()
      }),
    )
  })
})
