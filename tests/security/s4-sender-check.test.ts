import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { refuseSender, type Sender } from '../../main/electron/sender-policy.ts'

const folder = join(import.meta.dirname, '../../main/electron')
const frame = (change: Partial<NonNullable<Sender['senderFrame']>> = {}): NonNullable<Sender['senderFrame']> => ({ origin: 'app://cortex', parent: null, frameTreeNodeId: 7, isDestroyed: () => false, ...change })
const event = (change: Partial<Sender> = {}): Sender => ({ senderFrame: frame(), sender: { id: 1, mainFrame: { frameTreeNodeId: 7 }, isDestroyed: () => false }, ports: [{}], ...change })
const isOurs = (id: number): boolean => id === 1

const refused: [string, Partial<Sender>][] = [
  ['a frame that has gone', { senderFrame: null }],
  ['a destroyed frame', { senderFrame: frame({ isDestroyed: () => true }) }],
  ['a sub-frame', { senderFrame: frame({ parent: {} }) }],
  ['another frame of the tree', { senderFrame: frame({ frameTreeNodeId: 8 }) }],
  ['another origin', { senderFrame: frame({ origin: 'https://example.com' }) }],
  ['an opaque origin', { senderFrame: frame({ origin: 'null' }) }],
  ['an empty origin', { senderFrame: frame({ origin: '' }) }],
  ['an origin that begins like ours', { senderFrame: frame({ origin: 'app://cortex.evil' }) }],
  ['an unknown window', { sender: { id: 2, mainFrame: { frameTreeNodeId: 7 }, isDestroyed: () => false } }],
  ['a destroyed window', { sender: { id: 1, mainFrame: { frameTreeNodeId: 7 }, isDestroyed: () => true } }],
  ['no port', { ports: [] }],
  ['two ports', { ports: [{}, {}] }],
]

describe('S4: a port is taken only from the main frame of a window of Cortex', () => {
  it('takes one port of the page itself', () => {
    expect(refuseSender(event(), isOurs)).toBeNull()
  })

  it.each(refused)('refuses %s', (_name, change) => {
    expect(refuseSender(event(change), isOurs)).toBeTypeOf('string')
  })

  it('has one channel, and the check stands in its handler', () => {
    const sources = readdirSync(folder).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts')).map(name => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
    const listeners = sources.flatMap(({ name, text }) => [...text.matchAll(/ipcMain\.(on|once|handle|handleOnce|addListener)\(/g)].map(() => name))
    expect(listeners).toEqual(['port-broker.ts'])
    process.stdout.write(`S4: ${refused.length} made-up senders refused on ${listeners.length} channel, which is all there are\n`)
    expect(sources.find(({ name }) => name === 'port-broker.ts')?.text).toMatch(/ipcMain\.on\(portHandshake, \(event: IpcMainEvent\) => \{\n\s+const refusal = refuseSender\(/)
  })
})
