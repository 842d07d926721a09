import { describe, expect, test } from 'vitest'
import { FakeLog } from '../platform/log/fake-log.ts'
import { Listeners } from '../platform/live/listeners.ts'
import { portOnDemand } from './port-on-demand.ts'

function setUp(isOn = false, fails = false) {
  const listeners = new Listeners<{ isOn: boolean; port: number | null }>()
  const done: string[] = []
  let open: () => Promise<void> = async () => undefined
  const modelServer = { isOn, onChange: (listener: (state: { isOn: boolean; port: number | null }) => void) => listeners.add(listener), useOpener: (its: () => Promise<void>) => (open = its) }
  const listen = async () => {
    done.push('open')
    if (fails) throw new Error('no port')
    listeners.tell({ isOn: modelServer.isOn, port: 4711 })
    return { port: 4711, token: '', mintUrl: () => '', close: async () => void done.push('close') }
  }
  const log = new FakeLog()
  const turn = (on: boolean, port: number | null): void => {
    modelServer.isOn = on
    listeners.tell({ isOn: on, port })
  }
  return { done, turn, log, open: () => open(), start: () => portOnDemand({ modelServer, listen, log }) }
}
const settled = async (): Promise<void> => await new Promise(resolve => setTimeout(resolve, 5))

describe('the port of a host with a window', () => {
  test('is open while the server is on, and closed with it', async () => {
    const { done, turn, open, start } = setUp()
    const port = await start()
    expect(done).toEqual([])
    turn(true, null)
    await open()
    await settled()
    expect(done).toEqual(['open'])
    turn(false, 4711)
    await settled()
    expect(done).toEqual(['open', 'close'])
    turn(true, null)
    await settled()
    await port.dispose()
    expect(done).toEqual(['open', 'close', 'open', 'close'])
  })

  test('stays open once a page was asked for, whatever the server', async () => {
    const { done, turn, start } = setUp()
    const port = await start()
    expect((await port.forPage()).port).toBe(4711)
    turn(true, 4711)
    turn(false, 4711)
    await settled()
    expect(done).toEqual(['open'])
  })

  test('that cannot be opened keeps nobody from the window, and is tried again', async () => {
    const { done, log, start, open } = setUp(true, true)
    const port = await start()
    await expect(open()).rejects.toThrow('no port')
    await expect(port.forPage()).rejects.toThrow('no port')
    expect(done).toEqual(['open', 'open', 'open'])
    expect(JSON.stringify(log.written)).toContain('The port could not be opened')
    await port.dispose()
  })
})
