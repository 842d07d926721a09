import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeAdapter } from '../../tests/support/make-adapter.ts'
import { starterPath } from '../../tests/support/starter.ts'
import { inferenceRouter } from './inference-router.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-adapters-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the starter writes, always taking the likeliest token, with these adapters. */
async function written(...loras: { path: string; scale: number }[]): Promise<string> {
  const client = createRouterClient(inferenceRouter())
  try {
    for await (const _event of await client.load({ modelId: 'starter', path: starterPath, contextTokens: 256, device: 'cpu', threads: 1, loras }));
    let text = ''
    for await (const event of await client.generate({ turns: [{ role: 'user', text: 'Write a function that adds two numbers.' }], maxTokens: 24, temperature: 0, seed: null, ignoreEndOfText: true })) if (event.type === 'text-delta') text += event.text
    return text
  } finally {
    await client.unload()
  }
}

function adapter(name: string, facts: { strength?: number; outputs?: number } = {}): string {
  const path = join(folder, `${name}.gguf`)
  makeAdapter({ path, architecture: 'llama', tensor: 'blk.0.attn_output.weight', inputs: 256, outputs: 256, strength: 1, ...facts })
  return path
}

describe('LoRA adapters', () => {
  it('change what the model writes, as far as their scale goes, and add up', { timeout: 60_000 }, async () => {
    const plain = await written()
    const strong = adapter('strong')
    const changed = await written({ path: strong, scale: 1 })
    expect(changed).not.toBe(plain)
    expect(await written({ path: strong, scale: 1 })).toBe(changed)
    expect(await written({ path: strong, scale: 0 })).toBe(plain)
    expect(await written({ path: adapter('nothing', { strength: 0 }), scale: 1 })).toBe(plain)
    expect(await written({ path: strong, scale: 1 }, { path: adapter('opposite', { strength: -1 }), scale: 1 })).toBe(plain)
  })

  it('are refused in words where their matrices are of another size', { timeout: 60_000 }, async () => {
    await expect(written({ path: adapter('narrow', { outputs: 128 }), scale: 1 })).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED', data: { reason: expect.stringMatching(/adapter|LoRA/i) } })
  })
})
