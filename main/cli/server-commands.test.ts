import { describe, expect, test } from 'vitest'
import { CommandLine } from '../../tests/support/command-line.ts'

const line = new CommandLine()

async function run(...words: string[]): Promise<number> {
  return await line.run('server', ...words)
}

describe('cortex server', () => {
  test('is turned on and off, and stays so', { timeout: 60_000 }, async () => {
    expect(await run('status')).toBe(0)
    expect(line.out).toBe('The model server is off.\nClients: 0\nRunning: 0, waiting: 0\n')
    expect(await run('on')).toBe(0)
    expect(line.out).toContain('start it with cortex serve')
    expect(await run('status', '--json')).toBe(0)
    expect(JSON.parse(line.out)).toMatchObject({ isOn: true, port: null, baseUrls: null, running: [], waiting: 0, totals: [] })
    expect(await run('off')).toBe(0)
    expect(line.out).toBe('The model server is off.\n')
  })

  test('makes clients, shows a token once, and revokes them', { timeout: 60_000 }, async () => {
    expect(await run('clients', 'list')).toBe(0)
    expect(line.out).toBe('No program may call the server.\n')
    expect(await run('clients', 'add', 'editor')).toBe(0)
    const token = line.out.trim()
    expect(token).toMatch(/^cortex-[\w-]{43}$/)
    expect(line.errors).toContain('not shown again')
    expect(await run('clients', 'add', 'script', '--scopes', 'chat,embeddings', '--models', 'a, b', '--requests-per-minute', '60', '--tokens-per-minute', '100000', '--expires', '90d', '--json')).toBe(0)
    expect(JSON.parse(line.out)).toMatchObject({ token: expect.stringMatching(/^cortex-/), client: { scopes: ['chat', 'embeddings'], models: ['a', 'b'], requestsPerMinute: 60, tokensPerMinute: 100_000 } })
    expect(line.errors).toMatch(/^No model is served as “a” yet: .*cortex models list.*\nNo model is served as “b” yet/)
    expect(await run('clients', 'add', 'editor')).toBe(1)
    expect(line.errors).toContain('exists already')
    expect(await run('clients', 'list')).toBe(0)
    expect(line.out).toMatch(/^editor {2}chat,completions,embeddings,rerank,models {2}all models {2}no limit {2}no end {2}never used\nscript {2}chat,embeddings {2}a,b {2}60 calls a minute, 100,000 tokens a minute {2}until /)
    expect(line.out).not.toContain(token)
    expect(await run('clients', 'revoke', 'editor')).toBe(0)
    expect(line.out).toMatch(/^Revoked: editor/)
    expect(await run('clients', 'revoke', 'editor')).toBe(2)
    expect(await run('clients', 'add', 'notes', '--models', 'cortex-starter-8m,starter')).toBe(0)
    expect(line.errors).toMatch(/^notes {2}.* {2}cortex-starter-8m,starter {2}/)
    expect(await run('clients', 'add', 'typist', '--models', 'Cortex Starter 8M')).toBe(0)
    expect(line.errors).toContain('Did you mean “cortex-starter-8m”?')
    expect(await run('clients', 'add', 'x', '--scopes', 'everything')).toBe(2)
    expect(await run('clients', 'add', 'x', '--requests-per-minute', '0')).toBe(2)
  })
})
