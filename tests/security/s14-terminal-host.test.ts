import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import type { Terminal } from '#shared/contract/terminals.ts'
import { connect } from '../support/socket-client.ts'
import { startTestApp, type TestApp } from '../support/test-host.ts'

// S14, the host's side: a program prints 2,000 hostile streams into a real terminal. Nothing may come back to it as input, no title may
// change, and what the person types must arrive as it was typed. The page's side has a test of its own.
const streams = 2000
const isSupported = process.platform !== 'win32'

const word = fc.constantFrom('rm -rf ~\r', 'touch /tmp/owned\n', '?', '=?', 'c;?', 'rgb:ff/ff/ff', 'AAAA', '$(id)', ';', '\x07')
const number = fc.constantFrom(0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 14, 18, 21, 22, 50, 52, 104, 633, 777, 1049, 1337, 2004)
const control = fc.tuple(fc.constantFrom('\x1b[', '\x9b'), fc.constantFrom('', '?', '>', '='), fc.array(number, { maxLength: 4 }), fc.integer({ min: 0x40, max: 0x7e })).map(([start, prefix, numbers, final]) => `${start}${prefix}${numbers.join(';')}${String.fromCharCode(final)}`)
const command = fc.tuple(number, fc.array(word, { maxLength: 3 }), fc.constantFrom('\x07', '\x1b\\', '\x9c', '')).map(([code, words, end]) => `\x1b]${code};${words.join(';')}${end}`)
const device = fc.tuple(fc.constantFrom('$q', '+q', '|', '1$r'), word, fc.constantFrom('\x1b\\', '')).map(([kind, text, end]) => `\x1bP${kind}${text}${end}`)
const hostile = fc.array(fc.oneof(control, command, device, word, fc.string({ unit: 'binary', maxLength: 8 })), { minLength: 1, maxLength: 20 }).map(parts => parts.join(''))

let test: TestApp
let client: Client
let close: () => void

beforeAll(async () => {
  if (!isSupported) return
  test = await startTestApp({ 'model.loadAtStart': false, 'terminal.shell': '/bin/sh' })
  ;({ client, close } = await connect(test.http))
})
afterAll(async () => {
  await sleep(50)
  close?.()
  await test?.dispose()
})

describe.skipIf(!isSupported)(`S14: a hostile program in a terminal${isSupported ? '' : ' (skipped: no POSIX shell)'}`, () => {
  it(`gets nothing back for ${streams} streams of escape sequences, and changes no title`, async () => {
    const folder = test.makeFolder('workspace')
    const { id: workspaceId } = await client.workspaces.open({ path: folder })
    writeFileSync(join(folder, 'hostile.bin'), fc.sample(hostile, { numRuns: streams, seed: 20261121 }).join('\r\n'))
    const terminal = await client.terminals.create({ workspaceId, columns: 80, rows: 24 })
    const named = { workspaceId, terminalId: terminal.id }
    const lists: Terminal[][] = []
    const watching = new AbortController()
    const followed = (async () => {
      for await (const event of await client.terminals.watch({ workspaceId }, { signal: watching.signal })) lists.push(event.terminals)
    })().catch(() => undefined)

    // What comes to the terminal as input is written to `input`, from before the streams until after them.
    const typed = 'naïve 日本 👋 \x1b[A\x03'
    await client.terminals.write({ ...named, data: "stty raw -echo; (cat hostile.bin; sleep 0.5; printf 'rea''dy') & cat > input; exit\r" })
    let tail = ''
    let received = 0
    let attachmentId = ''
    for await (const event of await client.terminals.attach(named)) {
      if (event.type === 'exit') break
      if (event.type === 'snapshot') {
        ;({ attachmentId } = event)
        // On a slow machine a part was printed before anybody attached.
        received += event.replay.length
      }
      else {
        received += event.data.length
        await client.terminals.acknowledge({ ...named, attachmentId, position: event.position })
      }
      tail = (tail + (event.type === 'snapshot' ? event.replay : event.data)).slice(-100)
      if (tail.includes('ready')) break
    }
    expect(received).toBeGreaterThan(10_000)
    expect(readFileSync(join(folder, 'input'), 'utf8')).toBe('')
    await client.terminals.write({ ...named, data: typed })
    await vi.waitFor(() => expect(readFileSync(join(folder, 'input'), 'utf8').length).toBeGreaterThanOrEqual(typed.length), { timeout: 20_000 })
    // Nothing comes behind it.
    await sleep(300)
    expect(readFileSync(join(folder, 'input'), 'utf8')).toBe(typed)
    expect(lists.flat().every(one => one.title === 'sh')).toBe(true)
    expect(lists.length).toBeGreaterThan(0)
    await client.terminals.close(named)
    watching.abort()
    await followed
    console.info(`S14, host: ${streams} streams, ${received} characters: no byte came back, no title changed`)
  }, 60_000)
})
