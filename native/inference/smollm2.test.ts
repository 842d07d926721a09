import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromWireError } from '#shared/map-errors.ts'
import { findTestModel } from '../../tests/support/test-models.ts'
import type { ChatTurn, GenerateEvent, GenerateRequest, LoadedModel, LoadRequest } from './contract.ts'
import { inferenceRouter } from './inference-router.ts'

const smollm2 = await findTestModel('smollm2')
const reason = 'missing' in smollm2 ? ` (skipped: ${smollm2.missing})` : ''
const path = 'missing' in smollm2 ? '' : smollm2.path
const failure = (promise: Promise<unknown>) => promise.then(() => null, fromWireError)
const user = (text: string): ChatTurn[] => [{ role: 'user', text }]
/** Goes on as it began. */
const colours = `${'red green blue yellow black white orange purple\n'.repeat(4)}red green`
const capital = user('What is the capital of France?')

type Client = ReturnType<typeof createRouterClient<ReturnType<typeof inferenceRouter>, object>>

async function load(client: Client, request: Partial<LoadRequest> = {}): Promise<LoadedModel> {
  for await (const event of await client.load({ modelId: 'smollm2', path, contextTokens: 1024, device: 'cpu', threads: 1, ...request })) if (event.type === 'load-end') return event.model
  throw new Error('The load did not end with load-end')
}

async function ask(client: Client, request: Partial<GenerateRequest>) {
  const events: GenerateEvent[] = []
  for await (const event of await client.generate({ turns: [], maxTokens: 24, temperature: 0, seed: null, ignoreEndOfText: false, ...request })) if (event.type !== 'prompt-read') events.push(event)
  const end = events.at(-1)
  if (end?.type !== 'generate-end') throw new Error('The stream did not end with generate-end')
  return {
    end,
    text: events.map(event => (event.type === 'text-delta' ? event.text : '')).join(''),
    calls: events.flatMap(event => (event.type === 'tool-call' ? [event.call] : [])),
    logprobs: events.flatMap(event => (event.type === 'text-delta' ? (event.logprobs ?? []) : [])),
  }
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-smollm2-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf('missing' in smollm2)(`SmolLM2-135M answers${reason}`, () => {
  const client = createRouterClient(inferenceRouter())
  let facts: LoadedModel
  beforeAll(async () => {
    facts = await load(client, { sequences: 2 })
  }, 60_000)
  afterAll(() => client.unload())

  it('knows the capital of France, and stops before a text of the request', async () => {
    expect(facts).toMatchObject({ canChat: true, canFill: true, fillMode: 'emulated', sequences: 2, speculation: 'off' })
    expect((await ask(client, { turns: capital })).text).toContain('Paris')
    const stopped = await ask(client, { turns: capital, stop: ['London', ' Paris'] })
    expect(stopped.text).toBe('The capital of France is')
    expect(stopped.end).toMatchObject({ stopReason: 'stop-text', stopText: ' Paris' })
  }, 60_000)

  it('continues plain text as it stands', async () => {
    const { text, end } = await ask(client, { text: 'The capital of France is', maxTokens: 2 })
    expect(text).toContain('Paris')
    expect(end.promptTokens).toBe(5)
  }, 60_000)

  it('tells natural logarithms of the likeliest tokens, whatever the sampling', async () => {
    const greedy = await ask(client, { turns: capital, logprobs: 3, maxTokens: 5 })
    expect(greedy.logprobs.map(each => each.text).join('')).toBe(greedy.text)
    for (const { logprob, top } of greedy.logprobs) {
      expect(top).toHaveLength(3)
      expect(logprob).toBe(top[0]!.logprob)
      expect(Math.exp(logprob)).toBeLessThanOrEqual(1)
    }
    const sampled = await ask(client, { turns: capital, logprobs: 3, maxTokens: 1, temperature: 0.7, seed: 3, sampling: { topK: 5, topP: 0.9 } })
    expect(sampled.logprobs[0]!.top[0]!.logprob).toBeCloseTo(greedy.logprobs[0]!.top[0]!.logprob, 3)
  }, 60_000)

  it('heeds biases and penalties', async () => {
    // Tokens of its vocabulary.
    const [the, spacedThe, paris, fish] = [504, 378, 7042, 2698]
    const plain = await ask(client, { turns: capital, maxTokens: 6 })
    expect(plain.text).toBe('The capital of France is Paris')
    const banned = await ask(client, { turns: capital, maxTokens: 24, sampling: { logitBias: { [the]: -100, [spacedThe]: -100, [paris]: -100 } } })
    expect(banned.end.tokens).toBeGreaterThan(0)
    expect(banned.text).not.toMatch(/\bThe\b| Paris/)
    const forced = await ask(client, { turns: capital, maxTokens: 3, sampling: { logitBias: { [fish]: 100 } } })
    expect(forced.text).toBe(' fish fish fish')
    const repeating = { text: colours, maxTokens: 16, ignoreEndOfText: true }
    const penalized = await ask(client, { ...repeating, sampling: { repeatPenalty: 1.5, presencePenalty: 2, repeatLastTokens: 64 } })
    expect((await ask(client, repeating)).text).toContain('yellow')
    expect(penalized.text).not.toContain('yellow')
  }, 60_000)

  it('writes an object where JSON is asked for, though the question asks for a number', async () => {
    const { text, end } = await ask(client, { turns: user('What is 6 times 7? Answer with the number alone.'), format: { type: 'json' }, maxTokens: 200 })
    expect(end.stopReason).toBe('end-of-text')
    expect(text).toMatch(/^\{/)
    expect(JSON.parse(text)).toBeTypeOf('object')
  }, 60_000)

  it('keeps to a schema, and refuses what nothing fulfils', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string', maxLength: 20 }, isLarge: { type: 'boolean' }, note: { enum: ['none'] } }, required: ['city', 'isLarge'], additionalProperties: false }
    const { text, end } = await ask(client, { turns: user('Name the capital of France as JSON.'), format: { type: 'json-schema', schema }, maxTokens: 80 })
    const value = JSON.parse(text) as Record<string, unknown>
    expect(end.stopReason).toBe('end-of-text')
    expect(typeof value['city']).toBe('string')
    expect(typeof value['isLarge']).toBe('boolean')
    expect(Object.keys(value).every(key => key in schema.properties)).toBe(true)
    for (const impossible of [{ enum: [] }, { $ref: '#' }, { type: 'string', pattern: 'a' }]) expect(await failure(ask(client, { turns: capital, format: { type: 'json-schema', schema: impossible } }))).toMatchObject({ code: 'SCHEMA_UNSUPPORTED' })
    expect((await ask(client, { turns: capital })).text).toContain('Paris')
  }, 60_000)

  const tools = [
    { name: 'get_weather', description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string', maxLength: 20 }, unit: { enum: ['c', 'f'] } }, required: ['city', 'unit'] } },
    { name: 'now', description: 'The time' },
  ]

  it('calls the tool that it is told to, with parameters that follow its schema, and goes on with the result', async () => {
    const turns = user('What is the weather in Paris?')
    const { calls, end } = await ask(client, { turns, tools, toolChoice: { name: 'get_weather' }, maxTokens: 60 })
    expect(end.stopReason).toBe('tool-calls')
    expect(calls).toMatchObject([{ name: 'get_weather', id: expect.stringMatching(/^call_/) }])
    expect(['c', 'f']).toContain((JSON.parse(calls[0]!.parameters) as { unit: string }).unit)
    const after = await ask(client, { turns: [...turns, { role: 'assistant', text: '', toolCalls: calls }, { role: 'tool', text: '{"celsius": 21}', toolCallId: calls[0]!.id }], tools, maxTokens: 4 })
    expect(after.end.reusedTokens).toBeGreaterThan(end.promptTokens * 0.8)
    expect(await client.countChatTokens({ turns, tools })).toBe(end.promptTokens)
  }, 120_000)

  it('chooses among tools where one is required, and calls one that takes nothing', async () => {
    const chosen = await ask(client, { turns: user('What time is it?'), tools, toolChoice: 'required', maxTokens: 60 })
    expect(tools.map(tool => tool.name)).toContain(chosen.calls[0]!.name)
    const { calls } = await ask(client, { turns: user('What time is it?'), tools, toolChoice: { name: 'now' } })
    expect(calls).toMatchObject([{ name: 'now', parameters: '{}' }])
    expect((await ask(client, { turns: capital, tools, toolChoice: 'none' })).text).toContain('Paris')
  }, 120_000)

  it('gives the same text for the same seed, whatever was asked in between', async () => {
    const long = user(`${'The sea is wide and the ships are small. '.repeat(16)}Tell a story.`)
    const seeded = { turns: long, temperature: 1, seed: 11, maxTokens: 16 }
    const first = await ask(client, seeded)
    expect(first.end.reusedTokens).toBe(0)
    await ask(client, { turns: [...long, { role: 'assistant', text: 'No.' }, ...user('Why?')], maxTokens: 4 })
    const second = await ask(client, seeded)
    // What was read in whole steps is still good.
    expect(second.end.reusedTokens).toBeGreaterThanOrEqual(128)
    expect(second.text).toBe(first.text)
    expect((await ask(client, { ...seeded, seed: 12 })).text).not.toBe(first.text)
  }, 120_000)

  it('writes two answers at once, and lets a third wait', async () => {
    const alone = await Promise.all([ask(client, { turns: user('Name a fruit.'), maxTokens: 8 })])
    const answers = await Promise.all(['Name a fruit.', 'Name a colour.', 'Name a river.'].map(text => ask(client, { turns: user(text), maxTokens: 8 })))
    expect(answers[0]!.text).toBe(alone[0].text)
    for (const { end } of answers) expect(end.tokens).toBeGreaterThan(0)
  }, 120_000)

  it('completes code although it only chats', async () => {
    const { text, stopReason } = await client.complete({ prefix: 'function add(a: number, b: number) {\n  ret', suffix: '\n}\n', scope: 'line', maxTokens: 16 })
    expect(text).toMatch(/^urn a \+ b/)
    expect(stopReason).toBe('end-of-scope')
  }, 60_000)

  it('continues from a restored state as from a fresh prompt, and takes no damaged one', async () => {
    const turns = user(`${'A list of words about the weather and the wind. '.repeat(8)}What is it about?`)
    const state = join(folder, 'state')
    expect(await client.saveState({ path: state, turns: user('Something that was never asked before.') })).toEqual({ tokens: 0 })
    expect(existsSync(state)).toBe(false)
    const fresh = await ask(client, { turns, maxTokens: 12 })
    const saved = await client.saveState({ path: state, turns })
    expect(saved.tokens).toBe(fresh.end.promptTokens)
    // Other prompts take both lanes.
    await Promise.all(['Name a fruit.', 'Name a colour.'].map(text => ask(client, { turns: user(text), maxTokens: 2 })))
    const damaged = join(folder, 'damaged')
    for (const damage of [() => truncateSync(damaged, statSync(damaged).size - 5000), () => appendFileSync(damaged, 'x'), () => writeFileSync(damaged, readFileSync(damaged).fill(0xff, 5000, 5100)), () => writeFileSync(damaged, '')]) {
      copyFileSync(state, damaged)
      damage()
      expect(await client.restoreState({ path: damaged, turns })).toEqual({ tokens: 0 })
    }
    expect(await client.restoreState({ path: join(folder, 'none'), turns })).toEqual({ tokens: 0 })
    expect(await client.restoreState({ path: state, turns: user('Something else entirely.') })).toEqual({ tokens: 0 })
    expect(await client.restoreState({ path: state, turns })).toEqual({ tokens: fresh.end.promptTokens - 1 })
    const restored = await ask(client, { turns, maxTokens: 12 })
    expect(restored.end.reusedTokens).toBe(fresh.end.promptTokens - 1)
    expect(restored.text).toBe(fresh.text)
    const other = createRouterClient(inferenceRouter())
    await load(other, { kvCacheType: 'q8_0', contextTokens: 512 })
    expect(await other.restoreState({ path: state, turns })).toEqual({ tokens: 0 })
    expect((await ask(other, { turns: capital })).text).toContain('Paris')
    await other.unload()
  }, 240_000)
})

describe.skipIf('missing' in smollm2)(`SmolLM2-135M loads${reason}`, () => {
  const client = createRouterClient(inferenceRouter())
  afterAll(() => client.unload())

  it('with a template of the request, and refuses one that fails or does not come to an end', async () => {
    const chatTemplate = "{% for message in messages %}{{ message.role + ': ' + message.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"
    await load(client, { chatTemplate, contextTokens: 256 })
    const tokens = await client.countChatTokens({ turns: user('x') })
    expect(tokens).toBeLessThan(12)
    const loops = '{% for a in range(100000) %}{% for b in range(100000) %}{% set c = b %}{% endfor %}{% endfor %}'
    expect(await failure(load(client, { chatTemplate: loops }))).toMatchObject({ code: 'MODEL_LOAD_FAILED', data: { reason: expect.stringContaining('template') } })
    expect(await failure(load(client, { chatTemplate: '{% if %}' }))).toMatchObject({ code: 'MODEL_LOAD_FAILED', data: { reason: expect.stringContaining('template') } })
  }, 120_000)

  it('guesses from the prompt where it repeats it, and tells how often it was right', async () => {
    expect((await load(client, { speculation: 'lookup' })).speculation).toBe('lookup')
    const request = { text: colours, maxTokens: 24, ignoreEndOfText: true }
    const guessed = await ask(client, request)
    const { drafted, tokens } = guessed.end
    expect(drafted!.accepted, `${drafted!.tokens} guessed for ${tokens}: ${guessed.text}`).toBeGreaterThanOrEqual(4)
    const repeatable = await ask(client, { ...request, seed: 1 })
    expect(repeatable.end.drafted).toBeUndefined()
    expect(guessed.text).toBe(repeatable.text)
  }, 120_000)

  it('lets a small model draft', async () => {
    expect((await load(client, { speculation: 'draft', draftPath: path, contextTokens: 512 })).speculation).toBe('draft')
    const { end, text } = await ask(client, { text: colours, maxTokens: 16 })
    expect(text).toContain('yellow')
    expect(end.drafted!.accepted).toBeGreaterThan(0)
    expect(await failure(load(client, { speculation: 'draft' }))).toMatchObject({ code: 'MODEL_LOAD_FAILED', data: { reason: expect.stringContaining('draft') } })
  }, 240_000)

  it('guesses nothing before it is measured, then what was faster, and keeps what its sequence holds', async () => {
    const facts = await load(client, { speculation: 'auto', contextTokens: 1024 })
    expect(facts).toMatchObject({ speculation: 'off', canMeasureSpeculation: true })
    const request = { text: colours, maxTokens: 24, ignoreEndOfText: true }
    const before = await ask(client, request)
    expect(before.end.drafted).toBeUndefined()
    const measured = await client.measureSpeculation()
    const { winner, speeds } = measured!
    expect(Object.keys(speeds).sort()).toEqual(['lookup', 'off'])
    for (const speed of Object.values(speeds)) expect(speed).toBeGreaterThan(0)
    expect(winner).toBe(speeds.lookup! >= speeds.off * 1.1 ? 'lookup' : 'off')
    const after = await ask(client, request)
    expect(after.end.reusedTokens).toBe(before.end.promptTokens - 1)
    expect(after.text).toBe(before.text)
    if (winner === 'lookup') expect(after.end.drafted!.accepted).toBeGreaterThan(0)
    else expect(after.end.drafted).toBeUndefined()
    expect((await ask(client, { ...request, seed: 1 })).end.drafted).toBeUndefined()
  }, 240_000)

  it('compares a draft model too, is given up at once, and measures nothing where nobody wants to know', async () => {
    await load(client, { speculation: 'auto', draftPath: path, contextTokens: 512 })
    const abort = new AbortController()
    const given = client.measureSpeculation(undefined, { signal: abort.signal })
    setTimeout(() => abort.abort(new Error('somebody asks')), 50)
    await expect(given).rejects.toThrow()
    expect((await ask(client, { turns: capital })).text).toContain('Paris')
    const { winner, speeds } = (await client.measureSpeculation())!
    expect(Object.keys(speeds).sort()).toEqual(['draft', 'lookup', 'off'])
    const [fastest, speed] = (['draft', 'lookup'] as const).map(way => [way, speeds[way]!] as const).toSorted((a, b) => b[1] - a[1])[0]!
    expect(winner).toBe(speed >= speeds.off * 1.1 ? fastest : 'off')
    await load(client, { speculation: 'lookup', contextTokens: 512 })
    expect(await client.measureSpeculation()).toBeNull()
  }, 240_000)

  it('reads the beginning of prompts ahead, only where no sequence holds it', async () => {
    await load(client, { contextTokens: 1024 })
    const system: ChatTurn = { role: 'system', text: 'You answer questions about the sea in one short sentence, and never say more than that.' }
    const turns: ChatTurn[] = [system, { role: 'user', text: 'Hello' }]
    const { readTokens } = await client.warmUp({ turns })
    expect(readTokens).toBeGreaterThan(16)
    expect(await client.warmUp({ turns })).toEqual({ readTokens: 0 })
    const first = await ask(client, { turns: [system, ...user('How deep is it?')], maxTokens: 2 })
    expect(first.end.reusedTokens).toBe(readTokens)
    // A conversation that begins so holds it.
    expect(await client.warmUp({ turns })).toEqual({ readTokens: 0 })
    await ask(client, { turns: [{ role: 'system', text: 'Another beginning.' }, ...user('Name a fruit.')], maxTokens: 2 })
    expect((await client.warmUp({ turns })).readTokens).toBeGreaterThan(8)
    expect((await ask(client, { turns: [system, ...user('Why?')], maxTokens: 2 })).end.reusedTokens).toBe(readTokens)
    // A long conversation of another program is worth more than a short beginning.
    const long: ChatTurn[] = [{ role: 'system', text: 'Another beginning.' }, ...user('The ships are small and the sea is wide. '.repeat(12))]
    const { promptTokens } = (await ask(client, { turns: long, maxTokens: 2 })).end
    expect(await client.warmUp({ turns })).toEqual({ readTokens: 0 })
    expect((await ask(client, { turns: long, maxTokens: 2 })).end.reusedTokens).toBeGreaterThan(promptTokens - 3)
    await ask(client, { turns: [system, ...user('Why?')], maxTokens: 2 })
    const other: ChatTurn[] = [{ ...system, text: `${system.text} Be kind.` }, { role: 'user', text: 'Hello' }]
    expect((await client.warmUp({ turns: other })).readTokens).toBeGreaterThan(0)
  }, 120_000)

  it('tells how fast a prompt is read, and how fast a completion was', async () => {
    const steps = []
    const long = 'The sea is wide and the ships are small. '.repeat(20)
    for await (const step of await client.generate({ turns: [], text: long, maxTokens: 2, temperature: 0, seed: null, ignoreEndOfText: true })) steps.push(step)
    const read = steps.findLast(step => step.type === 'prompt-read')!
    const end = steps.at(-1)!
    expect(steps.findIndex(step => step.type === 'text-delta')).toBeGreaterThan(steps.indexOf(read))
    expect(read.readTokens).toBe(end.type === 'generate-end' ? end.promptTokens - end.reusedTokens : -1)
    expect(read.milliseconds).toBeGreaterThan(0)
    const { speed } = await client.complete({ prefix: `${long}function add(a: number, b: number) {\n  return`, suffix: '\n}\n', scope: 'line', maxTokens: 16 })
    expect(speed!.tokensPerSecond).toBeGreaterThan(0)
    expect(speed!.prefillTokensPerSecond).toBeGreaterThan(0)
  }, 120_000)

  it('refuses adapters that are none', async () => {
    expect(await failure(load(client, { loras: [{ path: join(folder, 'none.gguf'), scale: 1 }] }))).toMatchObject({ code: 'MODEL_LOAD_FAILED', data: { reason: expect.stringContaining('LoRA') } })
    expect(await failure(load(client, { loras: [{ path, scale: 1 }] }))).toMatchObject({ code: 'MODEL_LOAD_FAILED', data: { reason: expect.stringContaining('is none') } })
  }, 60_000)
})
