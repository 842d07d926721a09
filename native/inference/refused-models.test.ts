import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromWireError } from '#shared/map-errors.ts'
import { makeModel } from '../../tests/support/make-model.ts'
import { inferenceRouter } from './inference-router.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-refused-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// A process of its own, as the worker is one: llama.cpp tells its words to one instance only, and loses them when an older one is collected.
describe('a model that cannot be loaded', () => {
  it('refuses what our own reader refuses before llama.cpp sees it, and what llama.cpp refuses with its words', async () => {
    const client = createRouterClient(inferenceRouter())
    const refusal = (path: string) => load(client, path).then(() => null, fromWireError)
    const broken = join(folder, 'broken.gguf')
    writeFileSync(broken, 'GGUF but not really')
    expect(await refusal(broken)).toMatchObject({ code: 'MODEL_FILE_INVALID' })
    expect(await refusal(join(folder, 'missing.gguf'))).toMatchObject({ code: 'MODEL_FILE_INVALID', data: { reason: 'The file cannot be read.' } })
    const incomplete = join(folder, 'incomplete.gguf')
    await makeModel({ path: incomplete, vocabularySize: 300, metadata: { 'llama.block_count': { u32: 3 } } })
    const error = await refusal(incomplete)
    expect(error).toMatchObject({ code: 'MODEL_LOAD_FAILED', data: { id: 'model', reason: expect.stringContaining('blk.2') } })
    expect(JSON.stringify((error as { data: unknown }).data)).not.toContain(folder)
  })
})

async function load(client: ReturnType<typeof createRouterClient<ReturnType<typeof inferenceRouter>, object>>, path: string): Promise<void> {
  for await (const event of await client.load({ modelId: 'model', path, contextTokens: null, device: 'cpu', threads: 1 })) expect(event.type).toBe('load-progress')
}
