import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CommandLine } from '../../tests/support/command-line.ts'

const cortex = new CommandLine()
const run = async (...words: string[]): Promise<string> => `${await cortex.run(...words)}|${cortex.out}`

test('folders are trusted, listed and restricted again from the command line', { timeout: 120_000 }, async () => {
  const project = join(cortex.folder, 'project')
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
