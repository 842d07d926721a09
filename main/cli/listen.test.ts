import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { App } from '../app.ts'
import { systemClock } from '../platform/clock/clock.ts'
import type { Host } from '../platform/host.ts'
import { FakeLog } from '../platform/log/fake-log.ts'
import { listen } from './listen.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Listens with the port of the settings and that of the command line; the parts of an application that this needs. */
async function at(settingsPort: number, port: number): Promise<{ port: number; log: FakeLog }> {
  const log = new FakeLog()
  const modelServer = { isOn: false, isLocked: false, listensOn: () => undefined }
  const app = { router: {}, services: { settings: { values: async () => ({ 'server.port': settingsPort }) }, modelServer } } as unknown as App
  const http = await listen(app, { log, clock: systemClock, version: '0' } as unknown as Host, { port, rendererFolder: import.meta.dirname })
  closing.push(() => http.close())
  return { port: http.port, log }
}

async function taken(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

async function free(): Promise<number> {
  const port = await taken()
  await new Promise(resolve => setTimeout(resolve, 0))
  await closing.pop()?.()
  return port
}

describe('the port', () => {
  test('is that of the command line, else that of the settings, else any', async () => {
    const wanted = await free()
    expect((await at(wanted, 0)).port).toBe(wanted)
    const other = await free()
    expect((await at(wanted, other)).port).toBe(other)
    expect((await at(0, 0)).port).toBeGreaterThan(0)
  })

  test('of the settings gives way where it is taken; that of the command line does not', async () => {
    const wanted = await taken()
    const { port, log } = await at(wanted, 0)
    expect(port).not.toBe(wanted)
    expect(JSON.stringify(log.written)).toContain('another one is used')
    await expect(at(0, wanted)).rejects.toMatchObject({ code: 'PORT_IN_USE' })
  })
})
