import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { githubToken } from '../../tests/support/made-up-secrets.ts'
import { cortexProgram } from './program.ts'
import { readExpiry } from './read-expiry.ts'

const entryFolder = join(import.meta.dirname, '..')
const canary = 'canary-value-4711'
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

async function run(input: string, ...words: string[]): Promise<number> {
  out = ''
  errors = ''
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from(input === '' ? [] : [Buffer.from(input)]) as typeof process.stdin)
  const ended = await cortexProgram(entryFolder).parseAsync(words, { from: 'user' }).then(() => null, (error: unknown) => error)
  if (!(ended instanceof Ended)) throw ended instanceof Error ? ended : new Error('The command did not end')
  return ended.code
}

describe('cortex secrets', () => {
  test('keeps, lists, replaces, ends and deletes one, and never shows its value', { timeout: 120_000 }, async () => {
    const shown: string[] = []
    const step = async (input: string, ...words: string[]): Promise<number> => {
      const code = await run(input, 'secrets', ...words)
      shown.push(out, errors)
      return code
    }
    expect(await step('', 'list')).toBe(0)
    expect(out).toBe('No secrets are kept.\n')
    expect(await step(`${canary}\n`, 'add', 'registry.token', '--description', 'for the registry', '--expires', '90d')).toBe(0)
    expect(out).toBe('registry.token: kept\n')
    expect(await step('', 'list')).toBe(0)
    expect(out).toMatch(/^registry\.token {2}until \d{4}-\d\d-\d\d {2}never used {2}for the registry\n$/)
    expect(await step(canary, 'add', 'registry.token')).toBe(1)
    expect(await step('', 'rotate', 'registry.token')).toBe(2)
    expect(errors).toContain('No value was given.')
    expect(await step('line one\nline two\n', 'rotate', 'registry.token', '--json')).toBe(0)
    expect(JSON.parse(out)).toEqual({ name: 'registry.token', done: 'replaced' })
    expect(await step('', 'expire', 'registry.token', '--on', 'never')).toBe(0)
    expect(await step('', 'list', '--json')).toBe(0)
    expect(JSON.parse(out)).toMatchObject([{ name: 'registry.token', expiresAt: null, state: 'valid' }])
    expect(await step('', 'delete', 'registry.token')).toBe(0)
    expect(await step('', 'delete', 'registry.token')).toBe(1)
    expect(await step('', 'history', 'registry.token')).toBe(0)
    expect(out.trim().split('\n').map(line => line.split('  ')[1])).toEqual(['deleted', 'expiry set', 'rotated', 'added'])
    expect(shown.join()).not.toMatch(/canary|line one/)
  })

  test('refuses a value on the command line, and says why', { timeout: 60_000 }, async () => {
    for (const words of [['add', 'token', canary], ['add', 'token', '--value', canary], ['rotate', 'token', canary]]) {
      expect(await run('', 'secrets', ...words)).toBe(2)
      expect(errors).toContain('Every program on this machine can read command lines')
      expect(out + errors).not.toContain(canary)
    }
  })
})

test('cortex redact masks what comes by stdin', { timeout: 60_000 }, async () => {
  const token = githubToken('aB3d')
  expect(await run(`first\nkey ${token}\n`, 'redact')).toBe(0)
  expect(out).toBe('first\nkey [masked: github-token 1]\n')
  expect(errors).toBe('2:5  github-token  40 characters\n1 masked.\n')
  expect(await run('from 10.1.2.3', 'redact', '--json', '--addresses')).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ masked: 'from [masked: ip-address 1]', count: 1 })
  expect(await run('nothing here', 'redact')).toBe(0)
  expect(errors).toBe('Nothing was masked.\n')
})

test('an end is a day, a number of days, or never', () => {
  expect(readExpiry('never')).toBeNull()
  expect(readExpiry('90d', new Date(0))).toEqual(new Date(90 * 86_400_000))
  expect(readExpiry('2027-01-31')).toEqual(new Date(2027, 0, 31, 23, 59, 59))
  for (const text of ['', 'soon', '2027-02-30', '2027-13-01', '-1d', '1e9d']) expect(() => readExpiry(text)).toThrow('It must be a day')
})
