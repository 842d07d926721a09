import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { portHandshake } from '#shared/port-handshake.ts'
import { FakeLog } from '../platform/log/fake-log.ts'

// Electron's package must not be loaded by plain Node; the broker uses one object of it.
const ipcMain = new EventEmitter()
vi.mock('electron/main', () => ({ ipcMain }))
const { createPortBroker } = await import('./port-broker.ts')

class FakePort {
  isStarted = false
  isClosed = false
  start(): void {
    this.isStarted = true
  }
  close(): void {
    this.isClosed = true
  }
}

class FakeContents extends EventEmitter {
  readonly id: number
  readonly mainFrame = { origin: 'app://cortex', parent: null, frameTreeNodeId: 3, isDestroyed: () => false }
  constructor(id: number) {
    super()
    this.id = id
  }
  isDestroyed(): boolean {
    return false
  }
}

const served: FakePort[] = []
const log = new FakeLog()
// The broker touches only what the fakes have.
const broker = createPortBroker(port => served.push(port as unknown as FakePort), log)
const admit = (contents: FakeContents): void => broker.admit(contents as never)
const ask = (contents: FakeContents, port = new FakePort()): FakePort => {
  ipcMain.emit(portHandshake, { sender: contents, senderFrame: contents.mainFrame, ports: [port] })
  return port
}

beforeEach(() => {
  served.length = 0
  log.written.length = 0
})

describe('the port broker', () => {
  it('serves and starts the port of a window it knows', () => {
    const window = new FakeContents(1)
    admit(window)
    const port = ask(window)
    expect([served[0], port.isStarted, port.isClosed]).toEqual([port, true, false])
  })

  it('closes the port of anybody else and says why', () => {
    const port = ask(new FakeContents(99))
    expect([served.length, port.isStarted, port.isClosed]).toEqual([0, false, true])
    expect(log.written).toMatchObject([{ level: 'warn', details: { reason: 'not a window of Cortex' } }])
  })

  it('keeps one port for a window: a second takes the place of the first', () => {
    const window = new FakeContents(2)
    admit(window)
    const [first, second] = [ask(window), ask(window)]
    expect([first.isClosed, second.isClosed]).toEqual([true, false])
  })

  it.each([
    ['a reload', (window: FakeContents) => window.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })],
    ['a crash', (window: FakeContents) => window.emit('render-process-gone')],
    ['the end of the window', (window: FakeContents) => window.emit('destroyed')],
  ])('closes the port on %s', (_name, end) => {
    const window = new FakeContents(3)
    admit(window)
    const port = ask(window)
    end(window)
    expect(port.isClosed).toBe(true)
  })

  it('keeps the port while the page only moves within itself', () => {
    const window = new FakeContents(4)
    admit(window)
    const port = ask(window)
    window.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true })
    window.emit('did-start-navigation', { isMainFrame: false, isSameDocument: false })
    expect(port.isClosed).toBe(false)
  })

  it('takes a port again after a reload, none after the end', () => {
    const window = new FakeContents(5)
    admit(window)
    ask(window)
    window.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })
    expect(ask(window).isStarted).toBe(true)
    window.emit('destroyed')
    expect(ask(window).isClosed).toBe(true)
  })
})
