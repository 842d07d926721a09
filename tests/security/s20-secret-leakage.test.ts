import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { childrenOf } from '../support/child-processes.ts'
import { canaryForms, filesWithCanary, holdsCanary, processWords } from '../support/find-canary.ts'
import { connect } from '../support/socket-client.ts'
import { startApp, type RunningApp } from '../support/start-app.ts'
import { root, startTestApp, type TestApp } from '../support/test-host.ts'

/** Not of a form that any detector knows. */
const canary = `lantern ${randomBytes(9).toString('base64url')} harbour ${randomBytes(9).toString('base64url')}`
const forms = canaryForms(canary)
const said: string[] = []

/** What came back from a call, answer or error, with all that stands in it. */
async function keep(call: Promise<unknown>): Promise<unknown> {
  const result = await call.catch((error: unknown) => error)
  const seen = new Set<unknown>()
  const words = (thing: unknown): string => {
    if (typeof thing !== 'object' || thing === null) return String(thing)
    if (seen.has(thing)) return ''
    seen.add(thing)
    return Object.getOwnPropertyNames(thing).map(name => `${name} ${words(Reflect.get(thing, name))}`).join(' ')
  }
  said.push(words(result))
  return result
}

function hits(): string[] {
  return said.filter(text => holdsCanary(text, forms))
}

describe('S20: a secret inside the host', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp()
  })
  afterAll(async () => {
    await app.dispose()
  })

  test('stands in no answer, error, log or file, whatever is done with it', { timeout: 120_000 }, async () => {
    const { client, close } = await connect(app.http)
    const { secrets } = app.app.services
    await keep(client.secrets.add({ name: 'canary', description: 'for a test', value: canary, expiresAt: null }))
    await keep(client.secrets.add({ name: 'canary', value: canary }))
    await keep(client.secrets.add({ name: canary, value: canary }))
    await keep(client.secrets.add({ name: 'large', value: canary.repeat(30_000) }))
    await keep(client.secrets.add({ name: 'other', value: canary, expiresAt: canary }))
    await keep(client.secrets.add({ name: 'other', value: { nested: canary } as never }))
    await keep(client.secrets.rotate({ name: 'canary', value: canary }))
    await keep(client.secrets.rotate({ name: 'nobody', value: canary }))
    await keep(client.redaction.test({ text: `before ${canary} after` }))
    await keep(client.redaction.addFalseAlarm({ kind: 'email', text: canary }))
    const purpose = { actor: 'models', why: 'a test' }
    let used = ''
    await keep(secrets.use('canary', purpose, value => void (used = value.toString())))
    expect(used).toBe(canary)
    const { log } = app.host
    await keep(secrets.use('canary', purpose, value => {
      log.error(`said ${value.toString()}`, { deep: [{ value: value.toString() }] })
      throw new Error(`failed with ${value.toString()}`, { cause: { value } })
    }))
    log.warn('encoded', { base64: Buffer.from(canary).toString('base64') })
    // A rejection nobody waits for, as the host logs it.
    await keep(client.models.add({ path: `/nowhere/${canary}.gguf` }))
    await keep(client.secrets.history({ name: 'canary' }))
    for await (const event of await client.secrets.watch()) {
      await keep(Promise.resolve(event))
      break
    }
    for await (const event of await client.logs.watch()) {
      await keep(Promise.resolve(event))
      break
    }
    close()
    // The path that the person typed comes back to the person; the log of it is below.
    expect(hits().filter(text => !text.includes('.gguf'))).toEqual([])
    const kept = filesWithCanary(app.host.paths.state, forms)
    expect(kept.hits).toEqual([])
    expect(kept.bytes).toBeGreaterThan(50_000)
    expect(readFileSync(app.host.logBook.file, 'utf8')).toContain('[masked: own-secret')
    process.stderr.write(`S20: 0 hits in ${said.length} answers and errors, and in ${kept.files} files of ${Math.round(kept.bytes / 1024)} KiB\n`)
  })
})

describe('S20: a secret of a served host', () => {
  let app: RunningApp
  beforeAll(async () => {
    if (process.platform === 'linux') app = await startApp()
  })
  afterAll(async () => {
    await app?.dispose()
  })

  test.skipIf(process.platform !== 'linux')('stands in no command line, environment, output or file, also after a worker has crashed', { timeout: 180_000 }, async () => {
    const { client, close } = await connect(app)
    const cli = (words: string[], input: string): Promise<string> => new Promise(resolve => {
      const child = spawn(process.execPath, [join(root, process.env['CORTEX_OUT'] ?? 'out', 'main', 'cli.js'), 'secrets', ...words], { env: { ...process.env, CORTEX_HOME: app.home }, stdio: 'pipe' })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)))
      // Its own words are looked at while it waits for the value, and after it has it.
      said.push(processWords(child.pid ?? 0).toString('latin1'))
      child.stdin.end(input)
      child.once('close', code => resolve(`${code} ${output}`))
    })
    const added = await cli(['add', 'canary'], `${canary}\n`)
    expect(added).toMatch(/^0 /)
    expect(await cli(['rotate', 'canary', '--json'], `${canary}\n`)).toMatch(/^0 /)
    const listed = await cli(['list'], '')
    expect(listed).toContain('canary')
    said.push(added, listed, await cli(['history', 'canary'], ''), await cli(['add', 'canary'], canary), await cli(['rotate', 'nobody'], canary))

    const workspace = await client.workspaces.open({ path: app.folder ?? '' })
    const terminal = await client.terminals.create({ workspaceId: workspace.id, columns: 80, rows: 24 })
    await keep(client.models.load({ id: (await client.models.list()).find(model => model.isStarter)?.id ?? '' }))
    const processes = [app.pid, ...childrenOf(app.pid)]
    expect(processes.length).toBeGreaterThan(2)
    for (const pid of processes) said.push(processWords(pid).toString('latin1'))
    // Neither the host nor a worker writes memory into a core file; the person's shell does as it always did.
    const filter = (pid: number): number => Number.parseInt(readFileSync(`/proc/${pid}/coredump_filter`, 'utf8'), 16)
    expect(filter(app.pid)).toBe(0)
    const worker = processes.slice(1).find(pid => processWords(pid).toString('latin1').includes('cortex-inference'))
    if (worker === undefined) throw new Error('The model has no process')
    expect(filter(worker)).toBe(0)
    expect(new Set(processes.map(filter))).toEqual(new Set([0, filter(process.pid)]))
    process.kill(worker, 'SIGABRT')
    await expect.poll(() => existsSync(`/proc/${worker}/cmdline`) && readFileSync(`/proc/${worker}/cmdline`).length > 0, { timeout: 20_000 }).toBe(false)
    await client.terminals.close({ workspaceId: workspace.id, terminalId: terminal.id })
    close()
    await app.stop()
    said.push(app.errors())
    const kept = filesWithCanary(app.home, forms)
    expect(kept.hits).toEqual([])
    if (app.folder !== null) expect(filesWithCanary(app.folder, forms).hits).toEqual([])
    expect(hits().filter(text => !text.includes('.gguf'))).toEqual([])
    process.stderr.write(`S20: 0 hits in command lines and environments of ${processes.length} processes, in their output, and in ${kept.files} files\n`)
  })

  test('a search that must find it does', () => {
    for (const text of [canary, `x${Buffer.from(canary).toString('base64')}`, Buffer.from(`ab${canary}`).toString('base64'), Buffer.from(canary).toString('hex')]) expect(holdsCanary(text, forms)).toBe(true)
    expect(holdsCanary('nothing', forms)).toBe(false)
  })
})
