import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { nodeOptions, root } from '../../tools/project.mjs'
import { childrenOf } from '../support/child-processes.ts'
import { processWords } from '../support/find-canary.ts'
import { connect } from '../support/socket-client.ts'
import { startApp } from '../support/start-app.ts'

const isLinux = process.platform === 'linux'
const isBuilt = existsSync(join(root, process.env['CORTEX_OUT'] ?? 'out', 'main', 'serve.js'))
const skipped = !isLinux ? ' (skipped: Windows has no such signal, and the count of ports is read from /proc)' : isBuilt ? '' : ' (skipped: the host is not built)'

async function afterSignal(options: readonly string[]): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, [...options, '--inspect-port=0', '-e', "console.log('up'); setInterval(() => {}, 1000)"], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr?.on('data', chunk => (said += String(chunk)))
  try {
    if (child.stdout) await once(child.stdout, 'data')
    child.kill('SIGUSR1')
    const end = Date.now() + 5000
    while (said === '' && Date.now() < end) await sleep(50)
    expect(child.exitCode).toBeNull()
    return said
  } finally {
    child.kill('SIGKILL')
  }
}

/** TCP sockets of the machine that listen: address and inode as the kernel writes them. */
function listening(): Set<string> {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].filter(existsSync).flatMap(path => readFileSync(path, 'utf8').split('\n').slice(1))
  // Port 9229 in hexadecimal, where Node opens its debugger.
  return new Set(lines.map(line => line.trim().split(/\s+/)).filter(cells => cells[3] === '0A' && (cells[1] ?? '').endsWith(':240D')).map(cells => `${cells[1]} ${cells[9]}`))
}

it.skipIf(process.platform === 'win32')('S16: the test can fail: Node opens a debugger at the signal unless it is told not to', async () => {
  expect(await afterSignal([])).toContain('Debugger listening')
  expect(nodeOptions).toContain('--disable-sigusr1')
})

it.skipIf(!isLinux || !isBuilt)(`S16: a running host and the worker of its terminals open no debugger at the signal, and go on${skipped}`, { timeout: 60_000 }, async () => {
  const app = await startApp()
  try {
    const { client, close } = await connect(app)
    const { id: workspaceId } = await client.workspaces.open({ path: app.folder ?? '' })
    await client.terminals.create({ workspaceId, columns: 80, rows: 24 })
    const isPty = (pid: number): boolean => processWords(pid).toString('latin1').includes('cortex-pty')
    await expect.poll(() => childrenOf(app.pid).some(isPty)).toBe(true)
    const processes = [app.pid, ...childrenOf(app.pid).filter(isPty)]
    expect(processes.length).toBeGreaterThan(1)
    const before = listening()
    for (const pid of processes) process.kill(pid, 'SIGUSR1')
    await sleep(1500)
    expect([...listening()].filter(one => !before.has(one))).toEqual([])
    expect(app.errors()).not.toContain('Debugger')
    for (const pid of processes) expect(existsSync(`/proc/${pid}`)).toBe(true)
    expect((await client.app.info()).hostKind).toBe('node')
    close()
    console.info(`S16: ${processes.length} processes were sent the signal, none opened a port`)
  } finally {
    await app.dispose()
  }
})

it('S16: every start of a host on Node is given that option', () => {
  for (const tool of ['start', 'cortex']) {
    const text = readFileSync(join(root, 'tools', `${tool}.mjs`), 'utf8')
    expect(text.match(/spawn\(findNode24\(\), \[|run\(findNode24\(\), \[/g)).toHaveLength(1)
    expect(text).toContain('findNode24(), [...nodeOptions, ')
  }
})
