import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeModel, type MadeModel } from '../../tests/support/make-model.ts'
import { findVocabulary, type VocabularyName } from '../../tests/support/vocabularies.ts'
import type { LoadedModel, LoadRequest } from './contract.ts'
import { inferenceRouter } from './inference-router.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-made-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function start(made: Omit<MadeModel, 'path'>, request: Partial<LoadRequest> = {}) {
  const client = createRouterClient(inferenceRouter())
  const path = join(folder, `${made.architecture ?? 'llama'}.gguf`)
  await makeModel({ ...made, path })
  let facts: LoadedModel | null = null
  for await (const event of await client.load({ modelId: 'made', path, contextTokens: 256, device: 'cpu', threads: 1, ...request })) if (event.type === 'load-end') facts = event.model
  if (!facts) throw new Error('The load did not end with load-end')
  return { client, facts }
}

const gemmaTemplate = "{{ bos_token }}{% for message in messages %}{{ '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\n' + message.content + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"

const writers: { architecture: MadeModel['architecture'] & string; vocabulary: VocabularyName; facts: Partial<LoadedModel>; text: string; tokens: number; template?: string }[] = [
  { architecture: 'qwen2', vocabulary: 'qwen2', facts: { canChat: true, canFill: true, fillMode: 'emulated' }, text: 'const value = 12', tokens: 6 },
  { architecture: 'starcoder', vocabulary: 'starcoder', facts: { canChat: false, canFill: true, fillMode: 'tokens' }, text: 'const value = 12', tokens: 6 },
  { architecture: 'gemma', vocabulary: 'llama-spm', facts: { canChat: true, canFill: true, fillMode: 'emulated' }, text: 'const value = 12', tokens: 6, template: gemmaTemplate },
]

for (const { architecture, vocabulary, facts: expected, text, tokens, template } of writers) {
  const found = await findVocabulary(vocabulary)
  describe.skipIf('missing' in found)(`a ${architecture} with a real tokenizer${'missing' in found ? ` (skipped: ${found.missing})` : ''}`, () => {
    it('loads, counts, answers and completes', async () => {
      if ('missing' in found) return
      const { client, facts } = await start({ architecture, vocabulary: found.path, ...(template !== undefined && { metadata: { 'tokenizer.chat_template': { text: template } } }) })
      expect(facts).toMatchObject({ ...expected, canEmbed: false, canRerank: false })
      expect(await client.countTokens({ texts: [text] })).toEqual([tokens])
      let written = 0
      const prompt = facts.canChat ? { turns: [{ role: 'user' as const, text }] } : { turns: [], text }
      for await (const event of await client.generate({ ...prompt, maxTokens: 5, temperature: 0, seed: null, ignoreEndOfText: true })) if (event.type === 'generate-end') written = event.tokens
      expect(written).toBe(5)
      expect((await client.complete({ prefix: text, suffix: '\n', scope: 'block', maxTokens: 3 })).tokens).toBeLessThanOrEqual(3)
      await client.unload()
    }, 60_000)
  })
}

const bert = await findVocabulary('bert-bge')
describe.skipIf('missing' in bert)(`a bert with a real tokenizer${'missing' in bert ? ` (skipped: ${bert.missing})` : ''}`, () => {
  it('makes vectors of length 1', async () => {
    if ('missing' in bert) return
    const { client, facts } = await start({ architecture: 'bert', vocabulary: bert.path }, { contextTokens: null, use: 'embed' })
    expect(facts).toMatchObject({ canEmbed: true, canRerank: false, dimensions: 64, contextTokens: 512 })
    const [first, second] = await client.embed({ texts: ['const value = 12', 'something else'] })
    expect(first!.tokens).toBe(7)
    for (const { vector } of [first!, second!]) expect(Math.hypot(...vector)).toBeCloseTo(1, 6)
    expect(first!.vector).not.toEqual(second!.vector)
    await client.unload()
  }, 60_000)

  it('ranks documents, each alone, and refuses one that is too long', async () => {
    if ('missing' in bert) return
    const { client, facts } = await start({ architecture: 'bert', vocabulary: bert.path, contextLength: 64, metadata: { 'bert.pooling_type': { u32: 4 }, 'tokenizer.ggml.eos_token_id': { u32: 102 }, 'tokenizer.ggml.bos_token_id': { u32: 101 } } }, { contextTokens: null, use: 'rerank' })
    expect(facts).toMatchObject({ canEmbed: false, canRerank: true, dimensions: null })
    const { scores, tokens } = await client.rerank({ query: 'a value', documents: ['const value = 12', 'something else', 'const value = 12'] })
    expect(scores).toHaveLength(3)
    for (const score of scores) expect(score).toBeGreaterThanOrEqual(0)
    for (const score of scores) expect(score).toBeLessThanOrEqual(1)
    expect(scores[0]).toBe(scores[2])
    expect(scores[0]).not.toBe(scores[1])
    expect(tokens).toBeGreaterThan(12)
    await expect(client.rerank({ query: 'a', documents: ['b', 'word '.repeat(80)] })).rejects.toMatchObject({ code: 'CONTEXT_OVERFLOW' })
    await expect(client.embed({ texts: ['a'] })).rejects.toMatchObject({ code: 'MODEL_CANNOT_EMBED' })
    await client.unload()
  }, 60_000)
})
