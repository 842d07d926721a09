import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { makeModel } from '../../tests/support/make-model.ts'
import { CommandLine } from '../../tests/support/command-line.ts'
import { findTestModel } from '../../tests/support/test-models.ts'
import { serve } from './serve-command.ts'

const smollm = await findTestModel('smollm2')
const cortex = new CommandLine()

describe('the command line, with the model in this process', () => {
  test('streams an answer, with files, as text and as JSON', { timeout: 120_000 }, async () => {
    const file = join(cortex.folder, 'sum.ts')
    writeFileSync(file, 'export function sum(a: number, b: number): number {\n  return \n}\n')
    expect(await cortex.run('ask', 'Say something.', '--max-tokens', '5', '--temperature', '0', '--file', file)).toBe(0)
    expect(cortex.out).toMatch(/\S[\s\S]*\n$/)
    expect(await cortex.run('ask', 'Say something.', '--max-tokens', '5', '--json')).toBe(0)
    const events = cortex.out.trim().split('\n').map(line => JSON.parse(line).type)
    expect(events[0]).toBe('ask-start')
    expect(events.at(-1)).toBe('ask-end')
    expect(await cortex.run('complete', '--file', file, '--line', '2', '--column', '10')).toBe(0)
    // What so small a model suggests is its own; that it suggests nothing must be said.
    expect(cortex.out === '' ? cortex.errors : cortex.out.slice(-1)).toBe(cortex.out === '' ? 'No suggestion.\n' : '\n')
    expect(await cortex.run('complete', '--file', file, '--line', '900', '--column', '1')).toBe(2)
    expect(cortex.errors).toBe(`There is no line 900.\n“${file}” has 3 lines.\nGive a line from 1 to 3, or 4 for the place after the last line.\n`)
  })

  test.skipIf('missing' in smollm)(`names Paris with SmolLM2${'missing' in smollm ? ` (skipped: ${smollm.missing})` : ''}`, { timeout: 180_000 }, async () => {
    const path = 'path' in smollm ? smollm.path : ''
    expect(await cortex.run('--model', path, 'ask', 'What is the capital of France?', '--max-tokens', '24', '--temperature', '0')).toBe(0)
    expect(cortex.out).toContain('Paris')

    // Where a host is running already, it is asked, over its socket.
    cortex.out = ''
    const ended = serve({ folder: null, port: 0, isBrowserOpened: false, isJson: true, model: path, passphraseDescriptor: null, isEnforced: true, isSafeMode: false }, join(import.meta.dirname, '..'))
    await vi.waitFor(() => expect(cortex.out).toContain('"url"'), { timeout: 60_000 })
    expect(await cortex.run('ask', 'What is the capital of France?', '--max-tokens', '24', '--temperature', '0')).toBe(0)
    expect(cortex.out).toContain('Paris')
    process.emit('SIGTERM')
    await ended
  })

  test('gives the same answer for the same seed', { timeout: 120_000 }, async () => {
    const answers = []
    for (const seed of ['1', '1', '2']) {
      expect(await cortex.run('ask', 'Write a function.', '--max-tokens', '40', '--temperature', '1.5', '--seed', seed)).toBe(0)
      answers.push(cortex.out)
    }
    expect(answers[1]).toBe(answers[0])
    expect(answers[2]).not.toBe(answers[0])
  })

  test('is cancelled by Ctrl-C with 130', { timeout: 120_000 }, async () => {
    // Random weights write until the context ends: the starter's answers are over before anybody could stop them.
    const file = join(cortex.folder, 'endless.gguf')
    await makeModel({ path: file, layers: 4, width: 512, heads: 8, keyValueHeads: 4, feedForward: 1536, contextLength: 8192 })
    const running = cortex.run('--model', file, 'ask', 'Write a very long story.', '--max-tokens', '2000')
    await vi.waitFor(() => expect(cortex.out).not.toBe(''), { timeout: 60_000, interval: 10 })
    process.emit('SIGINT')
    expect(await running).toBe(130)
  })

  test('says how long an answer may be', async () => {
    expect(await cortex.run('ask', '--help')).toBe(0)
    expect(cortex.out.replaceAll(/\s+/g, ' ')).toMatch(/--max-tokens <number> .*without it, and at most, it may take what the question leaves of the context/)
  })

  test('lists and adds models', { timeout: 60_000 }, async () => {
    expect(await cortex.run('models', 'list')).toBe(0)
    expect(cortex.out).toMatch(/8 million weights {2}Q8_0 {2}9\.1 MB {2}chat, completion {2}\//)
    expect(await cortex.run('models', 'list', '--json')).toBe(0)
    expect(JSON.parse(cortex.out)[0]).toMatchObject({ isStarter: true, servedName: 'cortex-starter-8m' })
    expect(await cortex.run('models', 'add', join(cortex.folder, 'nowhere.gguf'))).toBe(1)
    expect(cortex.errors.trim().split('\n')).toHaveLength(3)
  })

  test('says why a model cannot be used', { timeout: 60_000 }, async () => {
    const file = join(cortex.folder, 'bad.gguf')
    writeFileSync(file, 'not a model')
    expect(await cortex.run('--model', file, 'ask', 'Hello')).toBe(1)
    expect(cortex.errors).toContain('bad.gguf')
    expect(cortex.errors.trim().split('\n')).toHaveLength(3)
  })

  test.each([['ask', 'Hello', '--file', 'nowhere.txt'], ['complete', '--file', 'nowhere.txt', '--line', '1', '--column', '1'], ['ask', 'Hello', '--file', '.']])('%s with a file that cannot be read ends with 1', { timeout: 60_000 }, async (...words) => {
    expect(await cortex.run(...words)).toBe(1)
    expect(cortex.errors.trim().split('\n')).toHaveLength(3)
    expect(cortex.errors).not.toMatch(/explorer|tab\b/)
  })
})

test.each([[], ['ask'], ['ask', 'x', '--max-tokens', '0'], ['ask', 'x', '--temperature', '3'], ['ask', 'x', '--temperature', ''], ['ask', 'x', '--seed', '-1'], ['complete', '--file', 'x'], ['serve', '--port', '70000'], ['nonsense']])('the words %j are a mistake: 2', async (...words) => {
  expect(await cortex.run(...words)).toBe(2)
})

test('the doctor tells its exit codes, and a browser that is not there is a mistake: 2', { timeout: 60_000 }, async () => {
  expect(await cortex.run('doctor', '--help')).toBe(0)
  expect(cortex.out).toMatch(/Exit codes:\n {2}0 {2}all is well[^\n]*\n {2}1 {2}something is wrong[^\n]*\n {2}2 {2}/)
  expect(await cortex.run('doctor', '--pages')).toBe(2)
  process.env['CORTEX_CHROMIUM'] = join(cortex.folder, 'nowhere')
  expect(await cortex.run('doctor', '--egress', '--page')).toBe(2)
  expect(cortex.errors).toMatch(/^The page was not tried\.\nNo Chromium.*\nName one/)
  expect(cortex.errors.trim().split('\n')).toHaveLength(3)
  delete process.env['CORTEX_CHROMIUM']
})

test('the doctor ends with 1 where something is wrong, and with 0 where all is well', { timeout: 60_000 }, async () => {
  const code = await cortex.run('doctor', '--json')
  const statuses = (JSON.parse(cortex.out) as { status: string }[]).map(check => check.status)
  expect(code).toBe(statuses.includes('problem') ? 1 : 0)
  process.env['CORTEX_ENFORCEMENT'] = 'off'
  expect(await cortex.run('doctor')).toBe(1)
  expect(cortex.out).toMatch(/^problem /m)
  delete process.env['CORTEX_ENFORCEMENT']
})

test('help and version end with 0', async () => {
  expect(await cortex.run('--help')).toBe(0)
  expect(cortex.out).toContain('ask')
  expect(await cortex.run('--version')).toBe(0)
  expect(cortex.out).toMatch(/^\d+\.\d+\.\d+\n$/)
})
