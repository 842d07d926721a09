import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import { portHandshake } from '#shared/port-handshake.ts'
import { fakeElectron, seen } from '../support/fake-electron.ts'

// The desktop's entry runs whole, over a fake of Electron: everything but the window itself.
const kept = new Map<string, unknown>()
vi.mock('electron/main', () => fakeElectron)
vi.mock('electron/common', () => ({ shell: { openExternal: () => Promise.reject(new Error('nobody agreed')) } }))
vi.mock('electron-store', () => ({
  default: class {
    get = (key: string) => kept.get(key)
    set = (key: string, value: unknown) => kept.set(key, value)
  },
}))

const { app } = fakeElectron
const argv = process.argv
let base: string
let home: string
let folder: string
let client: Client
let channel: MessageChannel

/** Node's port in the shape of Electron's. */
function asMainPort(port: MessagePort): object {
  return {
    on: (event: string, listener: (event?: { data: unknown }) => void) => port.on(event, (data: unknown) => listener(event === 'message' ? { data } : undefined)),
    postMessage: (frame: unknown) => port.postMessage(frame),
    start: () => port.start(),
    close: () => port.close(),
  }
}

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-desktop-')))
  home = join(base, 'home')
  folder = join(base, 'folder')
  for (const path of [home, folder]) mkdirSync(path)
  writeFileSync(join(home, 'settings.jsonc'), '{ "model.loadAtStart": false }')
  process.env['CORTEX_HOME'] = home
  process.argv = ['electron', '.', folder]
  await import('../../main/index.ts')
  await vi.waitFor(() => expect(seen.windows[0]?.webContents.address).toContain('index.html'), 20_000)
  const window = seen.windows[0]
  if (!window) throw new Error('no window')
  channel = new MessageChannel()
  fakeElectron.ipcMain.emit(portHandshake, { sender: window.webContents, senderFrame: window.webContents.mainFrame, ports: [asMainPort(channel.port1)] })
  client = createORPCClient(new RPCLink({ port: channel.port2 }))
})
afterAll(() => {
  channel.port2.close()
  process.argv = argv
  delete process.env['CORTEX_HOME']
  rmSync(base, { recursive: true, force: true, maxRetries: 5 })
})

describe('the desktop entry', () => {
  it('locks the program down before Electron is ready', () => {
    const ready = app.calls.indexOf('whenReady')
    for (const call of ['enableSandbox', 'register app', 'setPath userData', 'switch host-resolver-rules=MAP * ~NOTFOUND']) {
      expect(app.calls.indexOf(call), call).toBeGreaterThanOrEqual(0)
      expect(app.calls.indexOf(call), call).toBeLessThan(ready)
    }
    expect(app.calls).toEqual(expect.arrayContaining(['configureHostResolver', 'setProxy', 'menu']))
  })

  it('opens one window on the folder, with the frozen preferences', async () => {
    expect(seen.windows).toHaveLength(1)
    const fragment = new URLSearchParams(seen.windows[0]?.webContents.address.split('#')[1])
    const workspace = await client.workspaces.get({ workspaceId: fragment.get('workspace') ?? '' })
    expect(workspace.path).toBe(folder)
    expect(seen.windows[0]?.options['webPreferences']).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false })
  })

  it('answers the page over its port', async () => {
    expect(await client.app.info()).toMatchObject({ hostKind: 'electron', storageProblem: null })
  })

  it('refuses what pages ask for and what they load', async () => {
    const { handlers, proxies, isSpellChecked, dictionaryPlace } = seen.session
    const ask = (permission: string): Promise<unknown> => new Promise(resolve => void handlers.get('permission-request')?.({} as never, permission as never, resolve as never, { requestingUrl: 'app://cortex/index.html', isMainFrame: true } as never))
    expect([await ask('media'), await ask('clipboard-read'), await ask('clipboard-sanitized-write')]).toEqual([false, false, true])
    expect(handlers.get('device')?.()).toBe(false)
    const load = (url: string): Promise<unknown> => new Promise(resolve => void handlers.get('request')?.({ url } as never, resolve as never))
    expect([await load('https://example.com/'), await load('app://cortex/index.html')]).toEqual([{ cancel: true }, { cancel: false }])
    expect([proxies.length > 0, isSpellChecked, dictionaryPlace]).toEqual([true, false, 'app://cortex/dictionaries/'])
    expect((await seen.schemes.get('file')?.(new Request('http://x/')))?.status).toBe(404)
  })

  it('goes nowhere, and shows a link whole before another program gets it', async () => {
    const contents = seen.windows[0]?.webContents
    for (const event of ['will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      let isPrevented = false
      contents?.emit(event, { url: 'https://example.com/', isMainFrame: true, preventDefault: () => (isPrevented = true) })
      expect(isPrevented, event).toBe(true)
    }
    expect(contents?.openHandler({ url: 'https://example.com/a?b=c' } as never)).toEqual({ action: 'deny' })
    await vi.waitFor(() => expect(seen.dialogs.at(-1)?.detail).toContain('https://example.com/a?b=c'), { timeout: 20_000 })
    contents?.openHandler({ url: 'file:///etc/passwd' } as never)
    await vi.waitFor(() => expect(seen.dialogs.at(-1)?.message).toBe('This link was not opened.'), { timeout: 20_000 })
  })

  it('keeps the window\'s place', () => {
    seen.windows[0]?.emit('close')
    expect(kept.get('place')).toEqual({ bounds: { x: 1, y: 2, width: 1000, height: 700 }, isMaximized: false })
  })

  it('tells the page of a folder that another start named, and comes to the front', async () => {
    const stream = await client.workspaces.watch()
    await stream.next()
    app.emit('second-instance', {}, [], '/', { version: 1, folder: '/not/there' })
    app.emit('second-instance', {}, [], '/', { version: 1, folder: base })
    for await (const event of stream) {
      if (event.type !== 'folder-requested') continue
      expect(event.workspace.path).toBe(base)
      break
    }
    await vi.waitFor(() => expect(seen.windows[0]?.focuses).toBeGreaterThan(0), { timeout: 20_000 })
    expect(seen.windows).toHaveLength(1)
  })

  it('loads the page again when it ends, once', () => {
    const contents = seen.windows[0]?.webContents
    contents?.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 })
    expect(contents?.reloads).toBe(1)
    contents?.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 })
    expect(contents?.reloads).toBe(1)
    expect(contents?.address).toBe('app://cortex/recovery.html')
  })

  it('frees everything when it quits', async () => {
    expect(existsSync(join(home, 'control.sock'))).toBe(true)
    app.quit()
    await vi.waitFor(() => expect(app.calls).toContain('quit'), { timeout: 20_000 })
    expect(existsSync(join(home, 'control.sock'))).toBe(false)
  })
})
