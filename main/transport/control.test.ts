import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { os } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { FakeLog } from '../platform/log/fake-log.ts'
import { connectToRunningHost, openInRunningHost } from './control-client.ts'
import type { HostLine } from './control-messages.ts'
import { controlPath } from './control-path.ts'
import { listenForControl } from './control-server.ts'
import { createRpcServer, type ServerPort } from './rpc-server.ts'

const line: HostLine = { url: 'http://127.0.0.1:1/#code=x', token: 't', pid: 1 }
let folder = ''
let path = ''
let close: (() => Promise<void>) | null = null
const log = new FakeLog()

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-control-')))
  path = controlPath(folder)
})
afterEach(async () => {
  await close?.()
  close = null
  rmSync(folder, { recursive: true, force: true })
})

async function listen(open: (wanted: string | null) => Promise<HostLine> = async () => line): Promise<void> {
  const router = { slow: os.handler(async () => await new Promise(() => undefined)) }
  ;({ close } = await listenForControl({ path, rpc: createRpcServer(router, log, 'control'), log, open }))
}

describe('the control socket', () => {
  test('hands a folder over and brings the line or the error back', async () => {
    const wanted: (string | null)[] = []
    await listen(async one => {
      wanted.push(one)
      if (one === '/missing') throw new AppError('FOLDER_NOT_FOUND', { path: one })
      if (one === '/fault') throw new Error('a fault')
      return line
    })
    expect(await openInRunningHost(path, '/a\nb "c"')).toEqual(line)
    expect(await openInRunningHost(path, null)).toEqual(line)
    expect(wanted).toEqual(['/a\nb "c"', null])
    await expect(openInRunningHost(path, '/missing')).rejects.toMatchObject({ code: 'FOLDER_NOT_FOUND', data: { path: '/missing' } })
    await expect(openInRunningHost(path, '/fault')).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' })
  })

  test.skipIf(process.platform === 'win32')('belongs to its owner alone and goes with the host (skipped on Windows: it needs POSIX)', async () => {
    await listen()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await close?.()
    close = null
    expect(await connectToRunningHost(path)).toBeNull()
  })

  test.each(['', 'not json', '{}', '{"type":"shutdown"}', '{"type":"open"}'])('ends a connection that begins with %j', async first => {
    await listen()
    const socket = connect(path)
    const ended = new Promise(resolve => socket.once('close', resolve))
    socket.on('error', () => undefined)
    socket.write(`${first}\n`)
    await ended
    expect(await openInRunningHost(path, null)).toEqual(line)
  })

  test('ends a connection that leaves too much unread', async () => {
    const ended = Promise.withResolvers<number>()
    // Answers without end, to somebody who reads nothing.
    const rpc = {
      serve(port: ServerPort) {
        let sent = 0
        const timer = setInterval(() => {
          for (let count = 0; count < 100; count++, sent++) port.postMessage('x'.repeat(10_000))
          if (sent > 10_000) ended.resolve(Infinity)
        }, 1)
        port.on('close', () => {
          clearInterval(timer)
          ended.resolve(sent * 10_000)
        })
      },
    }
    ;({ close } = await listenForControl({ path, rpc, log, open: async () => line, largestBacklogBytes: 5_000_000 }))
    const socket = connect(path)
    socket.on('error', () => undefined)
    socket.pause()
    socket.write('{"type":"rpc"}\n')
    expect(await ended.promise).toBeLessThan(20_000_000)
    socket.destroy()
  })

  test('a call that is open when the host goes does not hang', async () => {
    await listen()
    const connection = await connectToRunningHost(path)
    const call = (connection!.client as unknown as { slow: () => Promise<unknown> }).slow()
    const outcome = call.then(() => 'answered', () => 'failed')
    await new Promise(resolve => setTimeout(resolve, 50))
    await close?.()
    close = null
    expect(await outcome).toBe('failed')
  })
})

describe('its path', () => {
  test('lies in the state folder, or where a long one does not fit in a folder of the person', () => {
    expect(controlPath('/state')).toBe('/state/control.sock')
    const long = controlPath(`/${'x'.repeat(200)}`)
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(103)
    expect(statSync(join(long, '..')).mode & 0o777).toBe(0o700)
    expect(controlPath(`/${'x'.repeat(200)}`)).toBe(long)
    expect(controlPath(`/${'y'.repeat(200)}`)).not.toBe(long)
    expect(controlPath('C:\\state', 'win32')).toMatch(/^\\\\\.\\pipe\\cortex-[0-9a-f]{24}$/)
  })

  test('is refused where somebody else made the folder a link', () => {
    const own = process.env['TMPDIR']
    process.env['TMPDIR'] = folder
    try {
      mkdirSync(join(folder, 'elsewhere'))
      symlinkSync(join(folder, 'elsewhere'), join(folder, `cortex-${userInfo().uid}`))
      expect(() => controlPath(`/${'x'.repeat(200)}`)).toThrow('belongs to somebody else')
    } finally {
      if (own === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = own
    }
  })
})
