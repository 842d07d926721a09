import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import type { Model, ModelOptions, Resident } from '#shared/contract/models.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import { CommandLine } from '../../tests/support/command-line.ts'
import { makeAdapter } from '../../tests/support/make-adapter.ts'
import { makeModel } from '../../tests/support/make-model.ts'
import { findModel } from './find-model.ts'
import { openHostClient } from './host-client.ts'
import { benchmarkLines, modelLine, planLines, residentLine } from './model-lines.ts'

const line = new CommandLine()

async function run(...words: string[]): Promise<[code: number, out: string, errors: string]> {
  return [await line.run(...words), line.out, line.errors]
}

test('models from the command line: a plan, a load with options, roles, a pin, a measurement', { timeout: 300_000 }, async () => {
  expect((await run('models', 'list'))[1]).toMatch(/^Cortex Starter 8M {2}cortex-starter-8m {2}8 million weights {2}Q8_0 {2}9.1 MB {2}chat, completion {2}.*\.gguf\n/)
  const [code, plan] = await run('models', 'plan', 'cortex', '--context', '10000000')
  expect([code, plan]).toEqual([0, expect.stringMatching(/^It fits: 1,024 tokens of context for 1 answer at a time, f16 cache.*\nA context of 10,000,000 tokens was asked for.*\nGuesses ahead: off until it is measured, which waits for a moment without work\nNext smaller: .*\n$/)])
  expect(JSON.parse((await run('models', 'plan', 'starter', '--context', '512', '--json'))[1])).toMatchObject({ contextTokens: 512, fits: true })
  expect((await run('models', 'load', 'starter', '--context', '512', '--preset', 'code', '--threads', '1'))[1]).toMatch(/^ready: Cortex Starter 8M {2}inference {2}.* MB {2}chat, completion {2}512 tokens of context {2}f16 cache {2}batches of 512 {2}cpu, 1 thread\n {2}Guesses ahead: off until it is measured, .*\n$/)
  expect(JSON.parse((await run('models', 'role', 'completion', 'starter', '--json'))[1])).toMatchObject({ completion: 'starter' })
  expect((await run('models', 'role', 'completion', 'none'))[1]).toContain('completion  the model of chat\n')
  expect(await run('models', 'pin', 'starter')).toEqual([0, 'It is pinned.\n', ''])
  expect(await run('models', 'bench')).toEqual([0, 'No model was measured yet.\n', ''])
  expect((await run('models', 'bench', 'starter', '--rounds', '1', '--prompt', '32', '--tokens', '8'))[1]).toMatch(/^reading .*tokens\/s, .*\nwriting .*\nfirst .* ms\nmedians of 1 round on cpu, 1 thread\n$/)
  expect((await run('models', 'bench'))[1]).toMatch(/^Cortex Starter 8M, \d{4}-\d\d-\d\dT.*\nreading .*\nwriting .*\nfirst .*\nmedians of 1 round on cpu, 1 thread\n$/)
  expect((await run('models', 'presets'))[1]).toContain('code  Code  temperature 0.2  topP 0.95, minP 0.05\n')
  expect(await run('models', 'unload', 'starter')).toEqual([0, 'It is unloaded.\n', ''])
  for (const words of [['plan', 'nobody'], ['load', 'nobody'], ['load', 'starter', '--draft', 'nobody'], ['unload', 'nobody'], ['role', 'chat', 'nobody'], ['pin', 'nobody'], ['bench', 'nobody'], ['remove', 'nobody'], ['remove', 'nobody', '--files'], ['configure', 'nobody'], ['pack', '/nowhere', 'nobody']]) {
    expect(await run('models', ...words), words.join(' ')).toEqual([2, '', expect.stringMatching(/^There is nothing called “nobody”\.\nNo model on the list .*\nSee cortex models list/)])
  }
  expect((await run('models', 'load', 'starter', '--role', 'embedding'))[0]).toBe(1)
  expect(line.errors).toContain('This model makes no vectors.')
})

test('how a model is loaded, from the command line: template, order, adapters and presets, and back to what they were', { timeout: 300_000 }, async () => {
  const large = join(line.folder, 'large.gguf')
  const lora = join(line.folder, 'adapter.gguf')
  const template = join(line.folder, 'template.jinja')
  const jinja = "{% for message in messages %}{{ message.role + ': ' + message.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
  await makeModel({ path: large, width: 64, vocabularySize: 300, contextLength: 256, metadata: { 'general.name': { text: 'Large' } } })
  makeAdapter({ path: lora, architecture: 'llama', tensor: 'blk.0.attn_q.weight', inputs: 64, outputs: 64, strength: 0.1 })
  writeFileSync(template, jinja)
  expect((await run('models', 'add', large))[0]).toBe(0)
  expect((await run('models', 'save-preset', 'Mine', '--temperature', '0.3', '--top-k', '20', '--min-p', '0.05'))[1]).toMatch(/^\S+ {2}Mine {2}temperature 0.3 {2}topK 20, minP 0.05\n$/)
  const loaded = await run('models', 'load', 'large', '--lora', `${lora}:0.5`, '--lora', lora, '--template', template, '--fill-order', 'suffix-first', '--preset', 'mine', '--threads', '1')
  expect(loaded).toEqual([0, expect.stringContaining('ready: Large'), ''])
  const kept = await options()
  expect(kept).toMatchObject({ loras: [{ path: lora, scale: 0.5 }, { path: lora, scale: 1 }], chatTemplate: jinja, fillOrder: 'suffix-first', threads: 1, preset: expect.stringMatching(/./) })
  // One that was saved under this name is replaced.
  expect((await run('models', 'save-preset', 'mine', '--temperature', '1'))[1]).toContain(`${kept.preset}  mine  temperature 1`)
  // Biases stay where a preset is saved again without a word of them.
  expect((await run('models', 'save-preset', 'Mine', '--temperature', '1', '--logit-bias', '13:-100', '--logit-bias', '7:2.5'))[1]).toContain('logitBias {"7":2.5,"13":-100}')
  expect((await run('models', 'save-preset', 'Mine', '--temperature', '0.5'))[1]).toContain('temperature 0.5  logitBias {"7":2.5,"13":-100}')
  expect((await run('models', 'save-preset', 'Mine', '--temperature', '0.5', '--logit-bias', '9:1'))[1]).toContain('logitBias {"9":1}')
  expect((await run('models', 'save-preset', 'Mine', '--temperature', '0.5', '--logit-bias', 'none'))[1]).not.toContain('logitBias')
  expect(await run('models', 'remove-preset', 'mine')).toEqual([0, 'It is removed.\n', ''])
  expect((await options()).preset).toBeNull()
  expect((await run('models', 'configure', 'large', '--context', '128', '--batch', '64'))[1]).toMatch(/^context {6}128\nkv {11}auto\n.*batch {8}64\n.*threads {6}1\n.*lora {9}.*adapter\.gguf:0\.5, .*template {5}\d+ characters of Jinja\nfill-order {3}suffix-first\n$/s)
  expect(await options()).toMatchObject({ contextTokens: 128, batchTokens: 64, threads: 1 })
  expect(JSON.parse((await run('models', 'configure', 'large', '--context', 'auto', '--batch', 'auto', '--json'))[1])).toMatchObject({ contextTokens: null, batchTokens: null, threads: 1 })
  const back = await run('models', 'load', 'large', '--lora', 'none', '--template', 'none', '--fill-order', 'auto', '--preset', 'none', '--draft', 'none', '--threads', 'auto', '--kv', 'auto')
  expect(back).toEqual([0, expect.stringContaining('ready: Large'), ''])
  expect(await options()).toMatchObject({ loras: [], chatTemplate: null, fillOrder: 'auto', preset: null, draft: null, threads: null, kvCacheType: null })
  expect(await run('models', 'remove', 'large')).toEqual([0, 'It is off the list.\n', ''])

  for (const [words, error] of [
    [['load', 'starter', '--lora', `${lora}:11`], 'from -10 to 10'],
    [['load', 'starter', '--fill-order', 'middle-first'], 'prefix-first'],
    [['load', 'starter', '--template', join(line.folder, 'nothing')], 'There is no file'],
    [['load', 'starter', '--template', line.folder], 'The template could not be read.'],
    [['load', 'starter', '--threads', '0'], 'a whole number from 1 to 1024'],
    [['save-preset', 'Code', '--temperature', '1'], 'It comes with Cortex.'],
    [['save-preset', 'Hot', '--temperature', '3'], 'a number from 0 to 2'],
    [['save-preset', 'Hot', '--temperature', '1', '--logit-bias', '13'], 'as in 13:-100'],
    [['save-preset', 'Hot', '--temperature', '1', '--logit-bias', '13:101'], 'as in 13:-100'],
    [['remove-preset', 'exact'], 'It comes with Cortex.'],
  ] as const) {
    expect((await run('models', ...words))[0]).toBe(2)
    expect(line.errors).toContain(error)
  }
  expect((await run('models', 'load', 'starter', '--preset', 'nobody'))[0]).toBe(1)
  expect(line.errors).toContain('This preset is not on the list.')
  expect((await run('models', 'remove', 'starter', '--files'))[0]).toBe(1)
})

/** What is kept of the options of the model called Large. */
async function options(): Promise<ModelOptions> {
  const { client, close } = await openHostClient({ entryFolder: join(import.meta.dirname, '..'), model: null })
  try {
    return await client.models.options({ id: (await findModel(client, 'Large')).id })
  } finally {
    await close()
  }
}

const model = (id: string, name: string): Model => ({ id, name, path: `/m/${id}.gguf`, sizeBytes: 2e9, architecture: 'llama', parameters: 3e9, quantization: 'Q4_K', contextLength: 4096, canChat: true, canFill: false, canEmbed: false, canRerank: false, use: 'generate', source: 'added', isStarter: false })
const plan: LoadPlan = { contextTokens: 4096, sequences: 2, gpuLayers: 3, layers: 33, kvCacheType: 'f16', batchTokens: 512, threads: null, weightsBytes: 2e9, cacheBytes: 5e8, computeBytes: 3e8, totalBytes: 2.8e9, gpuBytes: 1e9, fits: false, freeBytes: 1e9, freeGpuBytes: 2e9, reason: 'It does not fit the way it was asked for.', smaller: null }

test('a model is found by id, file, name or the beginning of a name that is of one alone', async () => {
  const known = [model('a', 'Coder 7B'), model('b', 'Coder 3B'), model('c', 'Writer'), model('d', 'Twin'), model('e', 'Twin')]
  const client = { models: { list: async () => known } } as unknown as Client
  for (const [name, id] of [['a', 'a'], ['/m/b.gguf', 'b'], ['Coder 3B', 'b'], ['wri', 'c'], ['coder 7', 'a'], ['coder-3b', 'b']] as const) expect((await findModel(client, name)).id).toBe(id)
  for (const name of ['nobody', '']) await expect(findModel(client, name)).rejects.toMatchObject({ name: 'UsageError', text: { what: `There is nothing called “${name}”.` } })
  await expect(findModel(client, 'coder')).rejects.toMatchObject({ text: { what: '“coder” names 2 models.', why: 'They are Coder 7B (a, /m/a.gguf); Coder 3B (b, /m/b.gguf).' } })
  await expect(findModel(client, 'Twin')).rejects.toMatchObject({ text: { what: '“Twin” names 2 models.' } })
  expect((await findModel(client, 'e')).id).toBe('e')
})

test('what is loaded, planned and measured, in words', () => {
  const resident: Resident = {
    modelId: 'a', process: 'inference-2', status: 'ready', ratio: 1, plan, isPinned: true, memoryBytes: 2.5e9, lastUsedAt: null, error: null, reason: 'Memory is short.',
    facts: { contextTokens: 4096, threads: 4, device: 'cuda', gpuLayers: 3, sequences: 2, canChat: true, canFill: false, fillMode: null, canEmbed: false, canRerank: false, dimensions: null },
    activity: { task: 'idle', tokensPerSecond: null, prefillTokensPerSecond: null, contextUsedTokens: null, queued: 0 },
  }
  const state = { models: [model('a', 'Coder')], roles: { chat: 'a', completion: null, embedding: null, rerank: null } }
  expect(residentLine(resident, state)).toBe('ready: Coder  inference-2  2.5 GB  chat, completion  pinned  4,096 tokens of context  f16 cache  batches of 512  cuda, 4 threads  3 layers on the graphics card\n  Memory is short.\n')
  const outcome = { winner: 'lookup' as const, factor: 1.42, measuredAt: new Date(2026, 10, 28).getTime() }
  expect(residentLine({ ...resident, speculation: { way: 'lookup', isChosen: false, outcome, guessed: 1240, accepted: 880 } }, state)).toContain('\n  Guesses ahead: from the prompt, 1.4 times as fast (measured 28 Nov 2026); 71 % of 1,240 guesses were right\n  Memory is short.\n')
  expect(planLines({ ...plan, speculation: { way: 'off', isChosen: false, outcome: { ...outcome, winner: 'off', factor: 0.9 }, guessed: 0, accepted: 0 } })).toContain('\nGuesses ahead: off: no faster here (measured 28 Nov 2026)\n')
  expect(planLines({ ...plan, speculation: { way: 'off', isChosen: false, outcome: { ...outcome, winner: 'off', factor: 0, hasCrashed: true }, guessed: 0, accepted: 0 } })).toContain("\nGuesses ahead: off: the model's process ended while it was measured (28 Nov 2026), which is not tried again\n")
  expect(residentLine({ ...resident, speculation: { way: 'off', isChosen: true, outcome: null, guessed: 0, accepted: 0, obstacle: 'impossible' } }, state)).toContain('\n  Guesses ahead: off: this model cannot take a guess back\n')
  expect(residentLine({ ...resident, speculation: { way: 'off', isChosen: false, outcome: null, guessed: 0, accepted: 0, obstacle: 'unmeasured' } }, state)).toContain('\n  Guesses ahead: off: it could not be measured, which is tried again at the next load\n')
  expect(planLines({ ...plan, speculation: { way: 'draft', isChosen: true, outcome: null, guessed: 0, accepted: 0 } })).toContain('\nGuesses ahead: with the draft model, as chosen\n')
  expect(residentLine({ ...resident, status: 'failed', facts: null, isPinned: false, reason: null, error: { code: 'MODEL_DOES_NOT_FIT', data: {} } }, { ...state, models: [], roles: { ...state.roles, chat: null } })).toBe('failed: a  inference-2  2.5 GB  no role  MODEL_DOES_NOT_FIT\n')
  expect(planLines({ ...plan, freeGpuBytes: null, gpuLayers: 0 })).not.toContain('layers')
  expect(planLines(plan)).toContain('batches of 512, 3 of 33 layers on the graphics card; ')
  expect(planLines({ ...plan, smaller: { ...plan, fits: true, sequences: 1 } })).toMatch(/^It does not fit: 4,096 tokens of context for 2 answers at a time.*; 1.0 GB may be taken, 2.0 GB on the graphics card\.\nIt does not fit the way it was asked for\.\nWould fit: 4,096 tokens of context for 1 answer at a time/)
  const vectors = { ...model('a', 'Vectors'), canChat: false, canEmbed: true }
  expect(modelLine(vectors, [vectors])).toMatch(/^Vectors {2}vectors {2}.* {2}embedding {2}\/m\/a\.gguf\n$/)
  expect(benchmarkLines({ prefillTokensPerSecond: null, tokensPerSecond: null, firstTokenMilliseconds: null, embeddingTokensPerSecond: 1234.5, promptTokens: 300, tokens: 0, rounds: 3, threads: 2, device: 'cpu' })).toBe('vectors   1,235 tokens/s, 300 tokens\nmedians of 3 rounds on cpu, 2 threads\n')
})
