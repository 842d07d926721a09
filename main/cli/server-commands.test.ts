import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cortexProgram } from './program.ts'

const entryFolder = join(import.meta.dirname, '..')
let folder = ''
let out = ''
let errors = ''

class Ended extends Error {
  readonly code: number
  constructor(code: number) {
    super(`ended with ${code}`)
    this.code = code
  }
}

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-cli-')))
  vi.stubEnv('CORTEX_HOME', join(folder, 'state'))
  vi.stubEnv('CORTEX_KEYCHAIN', 'off')
  vi.spyOn(process.stdout, 'write').mockImplementation((text: unknown, ...rest: unknown[]) => {
    out += String(text)
    const done = rest.at(-1)
    if (typeof done === 'function') done()
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation(text => ((errors += String(text)), true))
  vi.spyOn(process, 'exit').mockImplementation(code => {
    throw new Ended(Number(code))
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function run(...words: string[]): Promise<number> {
  out = ''
  errors = ''
  const ended = await cortexProgram(entryFolder).parseAsync(['server', ...words], { from: 'user' }).then(() => null, (error: unknown) => error)
  if (!(ended instanceof Ended)) throw ended instanceof Error ? ended : new Error('The command did not end')
  return ended.code
}

describe('cortex server', () => {
  test('is turned on and off, and stays so', { timeout: 60_000 }, async () => {
    expect(await run('status')).toBe(0)
    expect(out).toBe('The model server is off.\nClients: 0\nRunning: 0, waiting: 0\n')
    expect(await run('on')).toBe(0)
    expect(out).toContain('start it with cortex serve')
    expect(await run('status', '--json')).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ isOn: true, port: null, baseUrls: null, running: [], waiting: 0, totals: [] })
    expect(await run('off')).toBe(0)
    expect(out).toBe('The model server is off.\n')
  })

  test('makes clients, shows a token once, and revokes them', { timeout: 60_000 }, async () => {
    expect(await run('clients', 'list')).toBe(0)
    expect(out).toBe('No program may call the server.\n')
    expect(await run('clients', 'add', 'editor')).toBe(0)
    const token = out.trim()
    expect(token).toMatch(/^cortex-[\w-]{43}$/)
    expect(errors).toContain('not shown again')
    expect(await run('clients', 'add', 'script', '--scopes', 'chat,embeddings', '--models', 'a, b', '--requests-per-minute', '60', '--tokens-per-minute', '100000', '--expires', '90d', '--json')).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ token: expect.stringMatching(/^cortex-/), client: { scopes: ['chat', 'embeddings'], models: ['a', 'b'], requestsPerMinute: 60, tokensPerMinute: 100_000 } })
    expect(await run('clients', 'add', 'editor')).toBe(1)
    expect(errors).toContain('exists already')
    expect(await run('clients', 'list')).toBe(0)
    expect(out).toMatch(/^editor {2}chat,completions,embeddings,rerank,models {2}all models {2}no limit {2}no end {2}never used\nscript {2}chat,embeddings {2}a,b {2}60 calls a minute, 100,000 tokens a minute {2}until /)
    expect(out).not.toContain(token)
    expect(await run('clients', 'revoke', 'editor')).toBe(0)
    expect(out).toMatch(/^Revoked: editor/)
    expect(await run('clients', 'revoke', 'editor')).toBe(2)
    expect(await run('clients', 'add', 'x', '--scopes', 'everything')).toBe(2)
    expect(await run('clients', 'add', 'x', '--requests-per-minute', '0')).toBe(2)
  })
})
