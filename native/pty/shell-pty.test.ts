import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openShell, type ShellExit } from './shell-pty.ts'

const env = { PATH: process.env['PATH'] ?? '' }

function run(script: string) {
  const pty = openShell({ shell: '/bin/sh', args: ['-c', script], cwd: '/', env, columns: 80, rows: 24 })
  let text = ''
  pty.onData(data => (text += data))
  const exit = new Promise<ShellExit>(resolve => pty.onExit(resolve))
  return { pty, exit, text: () => text }
}

describe.skipIf(process.platform === 'win32')('openShell (skipped on Windows: it needs POSIX)', () => {
  it('loses nothing of a shell that ended while its output was held up', async () => {
    const { pty, exit, text } = run('stty -onlcr; sleep 0.3; printf "%02000d" 7; exit 3')
    pty.pause()
    await sleep(1200)
    pty.pause()
    pty.resume()
    expect(await exit).toEqual({ code: 3, signal: null })
    expect(text()).toBe(`${'0'.repeat(1999)}7`)
  })

  it('ends although a program that was left behind goes on writing', async () => {
    const { pty, exit, text } = run("trap '' HUP; (trap '' HUP; while :; do printf y; done) & sleep 0.2; exit 0")
    expect(await exit).toEqual({ code: 0, signal: null })
    expect(text()).toContain('y')
    process.kill(-pty.pid, 'SIGKILL')
  })

  it('names signals', async () => {
    const { exit } = run('kill -SEGV $$')
    expect(await exit).toEqual({ code: null, signal: 'SIGSEGV' })
  })
})
