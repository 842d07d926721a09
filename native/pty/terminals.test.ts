import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRouterClient } from '@orpc/server'
import { afterEach, describe, expect, it } from 'vitest'
import type { PtyExit, PtyOutput } from './contract.ts'
import { fakeShells } from './fake-shell-pty.ts'
import { ptyRouter } from './pty-router.ts'
import { openShell } from './shell-pty.ts'
import { Terminals } from './terminals.ts'

const folder = mkdtempSync(join(tmpdir(), 'cortex-pty-'))
const options = { shell: '/bin/sh', args: [], cwd: folder, env: { PATH: process.env['PATH'] ?? '', PS1: '$ ' }, columns: 80, rows: 24 }
const isWindows = process.platform === 'win32'
let terminals = new Terminals(openShell)

afterEach(() => terminals.killAll())

function real() {
  terminals = new Terminals(openShell)
  return createRouterClient(ptyRouter(terminals))
}

function fake() {
  const { shells, open } = fakeShells()
  terminals = new Terminals(open)
  return { shells, client: createRouterClient(ptyRouter(terminals)) }
}

type Client = ReturnType<typeof real>

/** Reads and acknowledges until the text satisfies the test or the shell ends. */
async function read(client: Client, id: string, isEnough: (text: string) => boolean, acknowledge = true): Promise<{ text: string; exit: PtyOutput | null }> {
  let text = ''
  const attachmentId = crypto.randomUUID()
  for await (const event of await client.attach({ id, attachmentId })) {
    if (event.type === 'snapshot') text += event.replay
    if (event.type === 'data') text += event.data
    if (event.type === 'exit') return { text, exit: event }
    if (event.type === 'data' && acknowledge) await client.acknowledge({ id, attachmentId, position: event.position })
    if (isEnough(text)) break
  }
  return { text, exit: null }
}

describe.skipIf(isWindows)('terminals with a real shell (skipped on Windows: it needs POSIX)', () => {
  it('runs what is typed, with its size and its environment', async () => {
    const client = real()
    const { pid } = await client.start({ id: 'a', ...options })
    expect(pid).toBeGreaterThan(1)
    await client.write({ id: 'a', data: 'stty size; echo "term=$TERM"\n' })
    const { text } = await read(client, 'a', all => /24 80[\s\S]*term=xterm-256color/.test(all))
    expect(text).toContain('24 80')
    await client.resize({ id: 'a', columns: 100, rows: 30 })
    await client.write({ id: 'a', data: 'stty size\n' })
    expect((await read(client, 'a', all => all.includes('30 100'))).text).toContain('30 100')
    await client.close({ id: 'a' })
  })

  it('tells how the shell ended, to who watches, to who comes late, and with its last words', async () => {
    const client = real()
    await client.start({ id: 'a', ...options })
    await client.write({ id: 'a', data: 'echo last; exit 7\n' })
    expect((await read(client, 'a', () => false)).exit).toEqual({ type: 'exit', code: 7, signal: null })
    const late = await read(client, 'a', () => false)
    expect(late.text).toContain('last')
    expect(late.exit).toEqual({ type: 'exit', code: 7, signal: null })
    for await (const exit of await client.watchExits()) {
      expect(exit).toEqual({ id: 'a', code: 7, signal: null })
      break
    }
    await client.write({ id: 'a', data: 'nobody listens' })
    await client.resize({ id: 'a', columns: 20, rows: 5 })
    await client.close({ id: 'a' })
    await expect(client.write({ id: 'a', data: 'x' })).rejects.toMatchObject({ code: 'TERMINAL_NOT_FOUND', data: { id: 'a' } })
  })

  it('names the signal that ended the shell', async () => {
    const client = real()
    const { pid } = await client.start({ id: 'a', ...options })
    process.kill(pid, 'SIGKILL')
    expect((await read(client, 'a', () => false)).exit).toEqual({ type: 'exit', code: null, signal: 'SIGKILL' })
  })

  it('loses no byte of a large output, characters over read borders included', async () => {
    const line = 'naïve 日本 👋 0123456789'
    const lines = 40_000
    writeFileSync(join(folder, 'large.txt'), Array.from({ length: lines }, (_, index) => `${index} ${line}\n`).join(''))
    const client = real()
    await client.start({ id: 'a', ...options })
    await client.write({ id: 'a', data: 'stty -echo -onlcr; cat large.txt; exit\n' })
    const { text } = await read(client, 'a', () => false)
    const shown = text.split('\n').filter(part => part.includes(line))
    expect(shown).toHaveLength(lines)
    expect(text).not.toContain('\ufffd')
    expect(shown.every((part, index) => part.endsWith(`${index} ${line}`))).toBe(true)
  })

  it('keeps the end of the output of a shell that ended while its reader was behind', async () => {
    const client = real()
    await client.start({ id: 'a', ...options })
    writeFileSync(join(folder, 'medium.txt'), `${'m'.repeat(99)}\n`.repeat(3000))
    const attachmentId = 'slow'
    const stream = await client.attach({ id: 'a', attachmentId })
    await stream.next()
    await client.write({ id: 'a', data: 'stty -echo -onlcr; cat medium.txt; echo the very end; exit\n' })
    await sleep(1000)
    let text = ''
    let ending: unknown
    for await (const event of stream) {
      if (event.type === 'exit') ending = event
      if (event.type !== 'data') continue
      text += event.data
      await sleep(100)
      await client.acknowledge({ id: 'a', attachmentId, position: event.position })
    }
    expect(text.match(/m{99}\n/g)).toHaveLength(3000)
    expect(text).toContain('the very end')
    expect(ending).toMatchObject({ type: 'exit', code: 0 })
  })

  it('delivers a Ctrl-C within 100 ms while the output is held up', async () => {
    const client = real()
    await client.start({ id: 'a', ...options })
    const stream = await client.attach({ id: 'a', attachmentId: 'stuck' })
    await client.write({ id: 'a', data: `trap 'date +%s%N > ${folder}/caught; exit' INT; cat /dev/zero | tr '\\\\0' y\n` })
    for (let events = 0; events < 4; events++) await stream.next()
    await sleep(300)
    const sentAt = Date.now()
    await client.write({ id: 'a', data: '\x03' })
    const { readFileSync, existsSync } = await import('node:fs')
    const caught = (): string => (existsSync(join(folder, 'caught')) ? readFileSync(join(folder, 'caught'), 'utf8').trim() : '')
    for (let turn = 0; turn < 2000 && caught() === ''; turn++) await sleep(5)
    expect(caught()).toMatch(/^\d{19}$/)
    const caughtAt = Number(caught()) / 1e6
    expect(caughtAt - sentAt).toBeLessThan(100)
    await stream.return?.(undefined)
  })

  it('hangs up at close, and kills what ignores it after 2 s', async () => {
    const client = real()
    await client.start({ id: 'kind', ...options })
    await client.close({ id: 'kind' })
    await client.start({ id: 'stubborn', ...options })
    await client.write({ id: 'stubborn', data: "trap '' HUP; echo rea''dy\n" })
    await read(client, 'stubborn', text => text.includes('ready'))
    const exits: PtyExit[] = []
    const watching = (async () => {
      for await (const exit of await client.watchExits()) if (exits.push(exit) === 1) break
    })()
    await sleep(20)
    await client.close({ id: 'stubborn' })
    await watching
    expect(exits).toEqual([{ id: 'stubborn', code: null, signal: 'SIGKILL' }])
  })

  it.each([
    [{ shell: '/no/such/shell' }, 'it does not exist'],
    [{ shell: 'sh' }, 'its path is not absolute'],
    [{ shell: '/tmp' }, 'it is not a file'],
    [{ shell: '/etc/passwd' }, 'it may not be executed'],
    [{ cwd: '/no/such/folder' }, 'the folder to start in cannot be entered'],
    [{ cwd: '/bin/sh' }, 'the folder to start in is not a folder'],
  ])('refuses %o', async (wrong, reason) => {
    const client = real()
    await expect(client.start({ id: 'a', ...options, ...wrong })).rejects.toMatchObject({ code: 'TERMINAL_START_FAILED', data: { reason } })
  })
})

describe('terminals with a fake shell', () => {
  it('rest while the slowest reader is behind, and go on when it has caught up or left', async () => {
    const { client, shells } = fake()
    await client.start({ id: 'a', ...options })
    const fast = (await client.attach({ id: 'a', attachmentId: 'fast' }))
    const slow = (await client.attach({ id: 'a', attachmentId: 'slow' }))
    await fast.next()
    await slow.next()
    const shell = shells[0]!
    const reading = (async () => {
      for await (const event of fast) if (event.type === 'data') await client.acknowledge({ id: 'a', attachmentId: 'fast', position: event.position })
    })()
    for (let index = 0; index < 64 && !shell.isPaused; index++) {
      shell.print('z'.repeat(4096))
      await sleep(0)
    }
    expect(shell.isPaused).toBe(true)
    await slow.return?.(undefined)
    await sleep(20)
    expect(shell.isPaused).toBe(false)
    shell.exit()
    await reading
  })

  it('write nothing but what was given to write, whatever the output says', async () => {
    const { client, shells } = fake()
    await client.start({ id: 'a', ...options })
    const reading = read(client, 'a', () => false)
    for (const hostile of ['\x1b[6n', '\x1b[c', '\x1b]52;c;?\x07', '\x1bP$q"p\x1b\\', '\x1b[21t', '\x05', '\x1b]50;?\x07']) shells[0]!.print(hostile)
    await client.write({ id: 'a', data: 'ls\r' })
    await sleep(30)
    shells[0]!.exit()
    await reading
    expect(shells[0]!.written).toEqual(['ls\r'])
  })

  it('say when a terminal is not known', async () => {
    const { client } = fake()
    await expect(client.attach({ id: 'b', attachmentId: 'x' })).rejects.toMatchObject({ code: 'TERMINAL_NOT_FOUND' })
    await expect(client.resize({ id: 'b', columns: 2, rows: 2 })).rejects.toMatchObject({ code: 'TERMINAL_NOT_FOUND' })
    await client.acknowledge({ id: 'b', attachmentId: 'x', position: 1 })
    await client.close({ id: 'b' })
  })

  it('turn a fault of the system into a typed error', async () => {
    terminals = new Terminals(() => {
      throw new Error('forkpty(3) failed.')
    })
    await expect(createRouterClient(ptyRouter(terminals)).start({ id: 'a', ...options })).rejects.toMatchObject({ code: 'TERMINAL_START_FAILED' })
    rmSync(folder, { recursive: true, force: true })
  })
})
