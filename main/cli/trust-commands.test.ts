import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cortexProgram } from './program.ts'

let folder = ''
let out = ''

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-trust-cli-')))
  vi.stubEnv('CORTEX_HOME', join(folder, 'state'))
  vi.stubEnv('CORTEX_KEYCHAIN', 'off')
  vi.spyOn(process.stdout, 'write').mockImplementation((text: unknown, ...rest: unknown[]) => {
    out += String(text)
    const done = rest.at(-1)
    if (typeof done === 'function') done()
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  vi.spyOn(process, 'exit').mockImplementation(code => {
    throw new Error(`ended with ${String(code)}`)
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function run(...words: string[]): Promise<string> {
  out = ''
  const ended = await cortexProgram(join(import.meta.dirname, '..')).parseAsync(words, { from: 'user' }).then(() => 'did not end', (error: unknown) => String(error))
  return `${ended.replace(/^Error: ended with /, '')}|${out}`
}

test('folders are trusted, listed and restricted again from the command line', { timeout: 120_000 }, async () => {
  const project = join(folder, 'project')
  mkdirSync(join(project, 'deep'), { recursive: true })
  writeFileSync(join(project, 'AGENTS.md'), 'Use tabs.')
  expect(await run('trust', 'list')).toBe('0|No folder is trusted.\n')
  expect(await run('trust', 'grant', project)).toBe(`0|Trusted: ${project}\nIt holds what tools run or obey:\n  AGENTS.md  orders for a model\n`)
  expect(JSON.parse((await run('trust', 'list', '--json')).slice(2))).toMatchObject([{ path: project }])
  expect(await run('trust', 'list')).toMatch(/^0\|.*project {2}since \d\d\/\d\d\/\d{4}\n$/)
  expect(await run('trust', 'revoke', join(project, 'deep'))).toMatch(/^0\|Restricted: .*project\n$/)
  expect(await run('trust', 'revoke', project)).toBe(`0|${project} was not trusted.\n`)
  await run('trust', 'grant', project)
  rmSync(project, { recursive: true })
  expect(await run('trust', 'revoke', project)).toMatch(/^0\|Restricted: .*project\n$/)
  expect(await run('trust', 'grant', project)).toBe('1|')
})
