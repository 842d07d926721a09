import xterm from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplayBuffer } from './replay-buffer.ts'

const { Terminal } = xterm

/** What a screen of 40 by 10 shows after the text. */
async function screen(...texts: string[]): Promise<string> {
  const terminal = new Terminal({ cols: 40, rows: 10, scrollback: 0, allowProposedApi: true })
  for (const text of texts) await new Promise<void>(resolve => terminal.write(text, resolve))
  const buffer = terminal.buffer.active
  const lines = Array.from({ length: 10 }, (_, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '')
  const shown = `${buffer.type} ${terminal.modes.bracketedPasteMode} ${terminal.modes.applicationCursorKeysMode}\n${lines.join('\n')}`
  terminal.dispose()
  return shown
}

const sequence = fc.constantFrom(
  '\x1b[31m', '\x1b[0m', '\x1b[1;32;44m', '\x1b]0;a title\nwith a line end\x07', '\x1b]52;c;aGk=\x1b\\', '\x1bP$q"p\x1b\\', '\x1b(B', '\x1b[?2004h', '\x1b[?2004l', '\x1b[?1h', '\x1b[38;2;1;2;3m',
)
const line = fc.string({ unit: 'grapheme', maxLength: 30 }).map(text => `${text.replace(/\p{Cc}/gu, '')}\r\n`)
const piece = fc.oneof({ weight: 3, arbitrary: line }, { weight: 1, arbitrary: sequence })

describe('ReplayBuffer', () => {
  it('gives back all of it while it is short, after a reset', () => {
    const replay = new ReplayBuffer(100)
    replay.push('one\r\n')
    replay.push('two')
    expect(replay.snapshot()).toBe('\x1bcone\r\ntwo')
  })

  it('keeps no more than its limit, and the end of what came', () => {
    const replay = new ReplayBuffer(1000)
    for (let index = 0; index < 10_000; index++) replay.push(`line ${index}\r\n`)
    const snapshot = replay.snapshot()
    expect(snapshot.length).toBeLessThanOrEqual(1002)
    expect(snapshot.startsWith('\x1bcline ')).toBe(true)
    expect(snapshot.endsWith('line 9999\r\n')).toBe(true)
  })

  it('draws the screen that the whole output draws, wherever it was cut and however it came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 40, maxLength: 120 }), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), async (pieces, sizes) => {
        // A screenful of plain lines at the end, so that all that is on screen came after the cut.
        const text = pieces.join('') + Array.from({ length: 12 }, (_, index) => `end ${index}\r\n`).join('')
        const replay = new ReplayBuffer(400)
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          replay.push(text.slice(at, at + size))
          at += size
        }
        expect(await screen(replay.snapshot())).toBe(await screen(text))
      }),
      { numRuns: 60 },
    )
  })

  it('keeps the modes that were set before the cut', async () => {
    const replay = new ReplayBuffer(200)
    replay.push('\x1b[?1049h\x1b[?2004h\x1b[?25l')
    for (let index = 0; index < 100; index++) replay.push(`\x1b[Hline ${index}`)
    expect(replay.snapshot()).toMatch(/^\x1bc\x1b\[\?1049h\x1b\[\?2004h\x1b\[\?25l/)
    expect(await screen(replay.snapshot())).toMatch(/^alternate true/)
    replay.push('\x1bc')
    replay.push('x'.repeat(500))
    expect(replay.snapshot()).not.toContain('1049')
  })

  it('never shows the middle of a sequence longer than itself', async () => {
    const replay = new ReplayBuffer(100)
    replay.push('before\r\n\x1b]0;')
    for (let index = 0; index < 100; index++) replay.push('long title ')
    const inside = replay.snapshot()
    expect(await screen(inside)).toBe(await screen(''))
    replay.push('\x07after')
    expect(await screen(replay.snapshot())).toBe(await screen('after'))
    const control = new ReplayBuffer(10)
    control.push(`\x1b[${'1;'.repeat(50)}`)
    control.push('mx')
    expect(await screen(control.snapshot())).toBe(await screen('x'))
    const escape = new ReplayBuffer(10)
    escape.push(`\x1b${'('.repeat(50)}`)
    escape.push('Bx')
    expect(await screen(escape.snapshot())).toBe(await screen('x'))
  })

  it('never cuts a character in half', () => {
    const replay = new ReplayBuffer(101)
    for (let index = 0; index < 500; index++) replay.push('👋')
    expect(replay.snapshot().isWellFormed()).toBe(true)
  })
})
