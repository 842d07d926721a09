import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asItIs } from '../workers/confinement.ts'
import type { WorkerExit, WorkerProcess, WorkerSpec } from '../workers/worker-launcher.ts'
import { systemKeychain } from './system-keychain.ts'

/** Answers each question with what `answer` makes of it; nothing where that is undefined. */
function launcher(answer: (request: { call: string }) => unknown) {
  const specs: WorkerSpec[] = []
  let stopped = 0
  return {
    specs,
    stopped: () => stopped,
    launch: async (spec: WorkerSpec): Promise<WorkerProcess> => {
      specs.push(spec)
      const listeners: ((frame: unknown) => void)[] = []
      const ends: ((exit: WorkerExit) => void)[] = []
      return {
        pid: 1,
        enforced: asItIs(null).enforced,
        onMessage: listener => void listeners.push(listener),
        onExit: listener => void ends.push(listener),
        stop: async () => void stopped++,
        postMessage: frame => {
          const reply = answer(JSON.parse(String(frame)) as { call: string })
          if (reply === 'dies') for (const end of ends) end({ code: 1, signal: null })
          else if (reply !== undefined) for (const listener of listeners) listener(reply)
        },
      }
    },
  }
}

const environment = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/bus', SECRET_OF_THE_HOST: 'x' }
const refusal = (reason: string) => expect.objectContaining({ code: 'KEYCHAIN_UNAVAILABLE', data: { reason } })

describe('systemKeychain', () => {
  it('asks a process of its own for each call and ends it', async () => {
    const asked: unknown[] = []
    const fake = launcher(request => {
      asked.push(request)
      const values: Record<string, unknown> = { name: 'GNOME Keyring', get: 'value', set: null, delete: true }
      return { status: 'done', value: values[request.call] }
    })
    const keychain = systemKeychain({ launcher: fake, environment, platform: 'linux' })
    expect(await keychain.name()).toBe('GNOME Keyring')
    expect(await keychain.getPassword('Cortex', 'a')).toBe('value')
    await keychain.setPassword('Cortex', 'a', 'b')
    expect(await keychain.deletePassword('Cortex', 'a')).toBe(true)
    expect(asked).toContainEqual({ call: 'set', service: 'Cortex', account: 'a', password: 'b' })
    expect(fake.stopped()).toBe(4)
    expect(fake.specs[0]).toMatchObject({ entry: 'keychain', env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/bus' } })
    expect(JSON.stringify(fake.specs)).not.toContain('SECRET')
  })

  it('gives up one that hangs, and ends its process', async () => {
    const fake = launcher(() => undefined)
    const keychain = systemKeychain({ launcher: fake, environment, platform: 'linux' })
    await expect(keychain.getPassword('Cortex', 'a', { limitMilliseconds: 20 })).rejects.toEqual(refusal('no-answer'))
    expect(await keychain.name({ limitMilliseconds: 20 })).toBeNull()
    expect(fake.stopped()).toBe(2)
  })

  it('tells a refusal, a death and a start that failed', async () => {
    const ask = async (reply: unknown): Promise<unknown> => await systemKeychain({ launcher: launcher(() => reply), environment, platform: 'linux' }).getPassword('Cortex', 'a')
    await expect(ask({ status: 'failed', reason: 'locked' })).rejects.toEqual(refusal('locked'))
    await expect(ask('dies')).rejects.toEqual(refusal('refused'))
    const cannotStart = systemKeychain({ launcher: { launch: () => Promise.reject(new Error('no')) }, environment, platform: 'linux' })
    await expect(cannotStart.getPassword('Cortex', 'a')).rejects.toEqual(refusal('refused'))
  })

  it('asks without a network where the bus is a socket of the file system, and with one where it is not found otherwise', async () => {
    const networks = async (bus: string, answer: (asked: number) => unknown): Promise<[string[], string | undefined]> => {
      let asked = 0
      const fake = launcher(() => answer(asked++))
      const keychain = systemKeychain({ launcher: fake, environment: { DBUS_SESSION_BUS_ADDRESS: bus }, platform: 'linux' })
      for (let round = 0; round < 2; round++) await keychain.getPassword('Cortex', 'a').catch(() => null)
      return [fake.specs.map(spec => spec.confinement.network), keychain.confinement?.().network]
    }
    const done = () => ({ status: 'done', value: 'x' })
    const failed = (reason: string) => ({ status: 'failed', reason })
    expect(await networks('unix:path=/run/bus,guid=1', done)).toEqual([['none', 'none'], 'none'])
    expect(await networks('unix:abstract=/tmp/a', done)).toEqual([['open', 'open'], 'open'])
    expect(await networks('tcp:host=localhost,port=1', done)).toEqual([['open', 'open'], 'open'])
    expect(await networks('unix:path=/run/bus', asked => (asked === 0 ? failed('absent') : done()))).toEqual([['none', 'open', 'open'], 'open'])
    // Absent either way: nothing is loosened for good. A person's refusal is not asked around.
    expect(await networks('unix:path=/run/bus', () => failed('absent'))).toEqual([['none', 'open', 'none', 'open'], 'none'])
    expect(await networks('unix:path=/run/bus', () => failed('locked'))).toEqual([['none', 'none'], 'none'])
  })

  it('starts no process where it is turned off or no bus is there', async () => {
    const fake = launcher(() => ({ status: 'done', value: null }))
    for (const given of [{ ...environment, CORTEX_KEYCHAIN: 'off' }, {}, { XDG_RUNTIME_DIR: '/nowhere' }]) {
      const keychain = systemKeychain({ launcher: fake, environment: given, platform: 'linux' })
      expect(await keychain.name()).toBeNull()
      await expect(keychain.getPassword('Cortex', 'a')).rejects.toEqual(refusal('absent'))
      await expect(keychain.setPassword('Cortex', 'a', 'b')).rejects.toEqual(refusal('absent'))
    }
    expect(fake.specs).toEqual([])
  })

  it('finds the bus beside the runtime folder, and needs none on other systems', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bus-'))
    writeFileSync(join(folder, 'bus'), '')
    const fake = launcher(() => ({ status: 'done', value: 'x' }))
    await systemKeychain({ launcher: fake, environment: { XDG_RUNTIME_DIR: folder }, platform: 'linux' }).getPassword('Cortex', 'a')
    await systemKeychain({ launcher: fake, environment: {}, platform: 'darwin' }).getPassword('Cortex', 'a')
    expect(fake.specs.map(spec => spec.env)).toEqual([{ DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}`, XDG_RUNTIME_DIR: folder }, {}])
    rmSync(folder, { recursive: true })
  })
})
