import { copyFileSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { printError } from './print-error.ts'
import { openHostClient } from './host-client.ts'
import { serve } from './serve-command.ts'
import { addServeOptions, readServeOptions, type ServeOptions } from './serve-options.ts'

const root = join(import.meta.dirname, '..', '..')
const entryFolder = join(root, 'main')
let folder = ''
let written: string[] = []

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-serve-')))
  process.env['CORTEX_HOME'] = join(folder, 'state')
  written = []
  vi.spyOn(process.stdout, 'write').mockImplementation(text => (written.push(String(text)), true))
})
afterEach(() => {
  vi.restoreAllMocks()
  delete process.env['CORTEX_HOME']
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const json: ServeOptions = { folder: null, port: 0, isBrowserOpened: false, isJson: true, model: null, passphraseDescriptor: null, isEnforced: true, isSafeMode: false }
const noModel = { entryFolder, model: null }

async function started(options: ServeOptions): Promise<{ line: { url: string; token: string; pid: number }; stop: () => Promise<void> }> {
  const ended = serve(options, entryFolder)
  await vi.waitFor(() => expect(written.length).toBeGreaterThan(0), { timeout: 20_000, interval: 20 })
  return {
    line: JSON.parse(written[0]!),
    stop: async () => {
      process.emit('SIGTERM')
      await ended
    },
  }
}

describe('serving', () => {
  test('prints its line, takes the folder of a second start, serves the command line and ends at a signal', async () => {
    const { line, stop } = await started({ ...json, folder })
    expect(line.pid).toBe(process.pid)
    expect((await fetch(`http://127.0.0.1:${new URL(line.url).port}/api/v1/app/info`, { headers: { authorization: `Bearer ${line.token}` } })).status).toBe(200)

    // The lock is held by this very process: a second start finds it taken and asks over the socket.
    await serve({ ...json, isJson: false, folder: join(root, 'tests') }, entryFolder)
    expect(written[1]).toMatch(/^Cortex is at http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]+&workspace=\w+/)
    await expect(serve({ ...json, folder: join(folder, 'missing') }, entryFolder)).rejects.toMatchObject({ code: 'FOLDER_NOT_FOUND' })

    // A model comes along; where its file is wrong, nothing is printed.
    const before = written.length
    await expect(serve({ ...json, model: join(folder, 'missing.gguf') }, entryFolder)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    expect(written).toHaveLength(before)
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const file = join(folder, 'another.gguf')
    copyFileSync(join(root, 'resources', 'models', 'cortex-starter-8m-q8_0.gguf'), file)
    await serve({ ...json, model: file }, entryFolder)
    expect(JSON.parse(written[before]!)).toMatchObject({ pid: process.pid })
    expect(told).toHaveBeenCalledWith(`The running Cortex is loading “${file}”.\n`)

    const { client, close } = await openHostClient(noModel)
    const known = await client.models.list()
    for await (const event of await client.models.watch()) {
      expect(event).toMatchObject({ type: 'snapshot', engine: { status: 'ready', modelId: known.find(({ path }) => path === file)!.id } })
      break
    }
    expect((await client.workspaces.recent()).map(recent => recent.path).sort()).toEqual([folder, join(root, 'tests')].sort())
    await expect(client.workspaces.open({ path: join(folder, 'missing') })).rejects.toMatchObject({ code: 'FOLDER_NOT_FOUND' })
    await close()
    await expect(openHostClient({ entryFolder, model: join(folder, 'missing.gguf') })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })

    await stop()
    await expect(fetch(`http://127.0.0.1:${new URL(line.url).port}/`)).rejects.toThrow()
  }, 60_000)

  test('frees the profile when it cannot start', async () => {
    await expect(serve({ ...json, folder: join(folder, 'missing') }, entryFolder)).rejects.toMatchObject({ code: 'FOLDER_NOT_FOUND' })
    const { client, close } = await openHostClient(noModel)
    expect((await client.app.info()).hostKind).toBe('node')
    await close()
  }, 60_000)
})

describe('the options of a start', () => {
  const read = async (words: string[]): Promise<ServeOptions> => {
    const command = addServeOptions(new Command()).exitOverride().configureOutput({ writeErr: () => undefined })
    let options: ServeOptions | null = null
    command.action((given: string | undefined, its: Record<string, unknown>) => void (options = readServeOptions(given, its)))
    await command.parseAsync(words, { from: 'user' })
    return options!
  }

  test('stand for what they say', async () => {
    expect(await read([])).toEqual({ folder: null, port: 0, isBrowserOpened: true, isJson: false, model: null, passphraseDescriptor: null, isSafeMode: false, isEnforced: true })
    expect(await read(['src', '--port', '8123', '--no-open', '--model', 'a.gguf', '--browser'])).toEqual({ folder: 'src', port: 8123, isBrowserOpened: false, isJson: false, model: 'a.gguf', passphraseDescriptor: null, isSafeMode: false, isEnforced: true })
    expect(await read(['--json'])).toMatchObject({ isJson: true, isBrowserOpened: false })
  })

  test.each(['-1', '65536', 'x', '1.5', ''])('refuse the port %j', async port => {
    await expect(read([`--port=${port}`])).rejects.toThrow()
  })
})

test('errors are told in three lines, those that nobody foresaw too', () => {
  const told: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation(text => (told.push(String(text)), true))
  for (const error of [{ code: 'PORT_IN_USE', data: { port: 80 } }, new Error('Boom'), undefined, 'text', { code: 'PORT_IN_USE', data: {} }]) printError(error)
  expect(told[0]).toMatch(/^Port 80 is taken\./)
  for (const text of told) expect(text).toMatch(/^(\S.*\n){3}$/)
})
