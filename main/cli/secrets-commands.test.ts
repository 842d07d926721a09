import { describe, expect, test } from 'vitest'
import { CommandLine } from '../../tests/support/command-line.ts'
import { githubToken } from '../../tests/support/made-up-secrets.ts'
import { readExpiry } from './read-expiry.ts'

const cortex = new CommandLine()
const canary = 'canary-value-4711'

describe('cortex secrets', () => {
  test('keeps, lists, replaces, ends and deletes one, and never shows its value', { timeout: 120_000 }, async () => {
    const shown: string[] = []
    const step = async (input: string, ...words: string[]): Promise<number> => {
      const code = await cortex.runWith(input, 'secrets', ...words)
      shown.push(cortex.out, cortex.errors)
      return code
    }
    expect(await step('', 'list')).toBe(0)
    expect(cortex.out).toBe('No secrets are kept.\n')
    expect(await step(`${canary}\n`, 'add', 'registry.token', '--description', 'for the registry', '--expires', '90d')).toBe(0)
    expect(cortex.out).toBe('registry.token: kept\n')
    expect(await step('', 'list')).toBe(0)
    expect(cortex.out).toMatch(/^registry\.token {2}until \d{4}-\d\d-\d\d {2}never used {2}for the registry\n$/)
    expect(await step(canary, 'add', 'registry.token')).toBe(1)
    expect(await step('', 'rotate', 'registry.token')).toBe(2)
    expect(cortex.errors).toContain('No value was given.')
    expect(await step('line one\nline two\n', 'rotate', 'registry.token', '--json')).toBe(0)
    expect(JSON.parse(cortex.out)).toEqual({ name: 'registry.token', done: 'replaced' })
    expect(await step('', 'expire', 'registry.token', '--on', 'never')).toBe(0)
    expect(await step('', 'list', '--json')).toBe(0)
    expect(JSON.parse(cortex.out)).toMatchObject([{ name: 'registry.token', expiresAt: null, state: 'valid' }])
    expect(await step('', 'delete', 'registry.token')).toBe(0)
    expect(await step('', 'delete', 'registry.token')).toBe(1)
    expect(await step('', 'history', 'registry.token')).toBe(0)
    expect(cortex.out.trim().split('\n').map(line => line.split('  ')[1])).toEqual(['deleted', 'expiry set', 'rotated', 'added'])
    expect(shown.join()).not.toMatch(/canary|line one/)
  })

  test('refuses a value on the command line, and says why', { timeout: 60_000 }, async () => {
    for (const words of [['add', 'token', canary], ['add', 'token', '--value', canary], ['rotate', 'token', canary]]) {
      expect(await cortex.runWith('', 'secrets', ...words)).toBe(2)
      expect(cortex.errors).toContain('Every program on this machine can read command lines')
      expect(cortex.out + cortex.errors).not.toContain(canary)
    }
  })
})

test('cortex redact masks what comes by stdin', { timeout: 60_000 }, async () => {
  const token = githubToken('aB3d')
  expect(await cortex.runWith(`first\nkey ${token}\n`, 'redact')).toBe(0)
  expect(cortex.out).toBe('first\nkey [masked: github-token 1]\n')
  expect(cortex.errors).toBe('2:5  github-token  40 characters\n1 masked.\n')
  expect(await cortex.runWith('from 10.1.2.3', 'redact', '--json', '--addresses')).toBe(0)
  expect(JSON.parse(cortex.out)).toMatchObject({ masked: 'from [masked: ip-address 1]', count: 1 })
  expect(await cortex.runWith('nothing here', 'redact')).toBe(0)
  expect(cortex.errors).toBe('Nothing was masked.\n')
})

test('an end is a day, a number of days, or never', () => {
  expect(readExpiry('never')).toBeNull()
  expect(readExpiry('90d', new Date(0))).toEqual(new Date(90 * 86_400_000))
  expect(readExpiry('2027-01-31')).toEqual(new Date(2027, 0, 31, 23, 59, 59))
  for (const text of ['', 'soon', '2027-02-30', '2027-13-01', '-1d', '1e9d']) expect(() => readExpiry(text)).toThrow('It must be a day')
})
