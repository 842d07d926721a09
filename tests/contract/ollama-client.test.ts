import type { Ollama } from 'ollama'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startModelServer, type ModelServer } from '../support/model-server.ts'

// Ollama's own client, as it comes, against the host over HTTP.
let running: ModelServer
let client: Ollama
const model = 'fake-model'
const messages = [{ role: 'user', content: 'What is the capital of France?' }]
const weather = { type: 'function', function: { name: 'weather', description: 'The weather in a city', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }
const call = { id: 'call_1', name: 'weather', parameters: '{"city":"Paris"}' }

beforeAll(async () => {
  running = await startModelServer()
  client = running.ollama()
})
afterAll(async () => await running.dispose())
beforeEach(() => {
  Object.assign(running.engine, { answers: ['Paris is the capital.'], reasoning: '', calls: [], failure: null })
  running.engine.asked.length = 0
})

test('models are listed, shown and said to be loaded', async () => {
  expect((await client.list()).models).toMatchObject([{ name: model, model, size: 1_000_000, digest: expect.stringMatching(/^[0-9a-f]{64}$/), details: { format: 'gguf', family: 'llama', parameter_size: '135M', quantization_level: 'Q4_1' } }, { name: 'other' }])
  expect(await client.show({ model: `${model}:latest` })).toMatchObject({ capabilities: ['completion', 'tools', 'insert', 'embedding'], model_info: { 'general.architecture': 'llama', 'llama.context_length': 1024 } })
  expect((await client.ps()).models.map(({ name }) => name)).toEqual([model])
  expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+$/)
  expect(await client.show({ model: 'default' })).toEqual(await client.show({ model }))
  await expect(client.show({ model: 'nothing' })).rejects.toMatchObject({ status_code: 404 })
})

test('models are not managed from outside', async () => {
  await expect(client.pull({ model: 'llama3' })).rejects.toMatchObject({ status_code: 403, message: expect.stringContaining('cortex models') })
  await expect(client.delete({ model })).rejects.toMatchObject({ status_code: 403 })
  await expect(client.copy({ source: model, destination: 'b' })).rejects.toMatchObject({ status_code: 403 })
})

describe('chat', () => {
  test('answers at once, with its options', async () => {
    const answer = await client.chat({ model, messages, options: { temperature: 0, seed: 7, num_predict: 2, top_k: 5, top_p: 0.9, min_p: 0.1, repeat_penalty: 1.1, repeat_last_n: 64, presence_penalty: 1, frequency_penalty: 0.5, stop: ['###'] } })
    expect(answer).toMatchObject({ model, message: { role: 'assistant', content: 'Paris is' }, done: true, done_reason: 'length', eval_count: 2, prompt_eval_count: 10 })
    expect(answer.total_duration).toBeGreaterThanOrEqual(answer.eval_duration)
    expect(running.engine.asked[0]).toMatchObject({ temperature: 0, seed: 7, maxTokens: 2, stop: ['###'], sampling: { topK: 5, topP: 0.9, minP: 0.1, repeatPenalty: 1.1, repeatLastTokens: 64, presencePenalty: 1, frequencyPenalty: 0.5 } })
    expect((await client.chat({ model: 'default', messages, options: { num_predict: -1 } })).message.content).toBe('Paris is the capital.')
  })

  test('streams lines, with thoughts and probabilities', async () => {
    running.engine.reasoning = 'Hm.'
    const parts = []
    for await (const part of await client.chat({ model, messages, stream: true, logprobs: true, top_logprobs: 1 })) parts.push(part)
    expect(parts.map(({ message }) => message.thinking ?? '').join('')).toBe('Hm.')
    expect(parts.map(({ message }) => message.content).join('')).toBe('Paris is the capital.')
    expect(parts.flatMap(({ logprobs }) => logprobs ?? [])).toHaveLength(4)
    expect(parts.at(-1)).toMatchObject({ done: true, done_reason: 'stop', eval_count: 5 })
    expect(parts.slice(0, -1).every(({ done }) => !done)).toBe(true)
    expect((await client.chat({ model, messages, think: false })).message.thinking).toBeUndefined()
    expect((await client.chat({ model, messages, think: true })).message.thinking).toBe('Hm.')
  })

  test('calls tools and reads what they gave back', async () => {
    running.engine.calls = [call, { ...call, name: 'other' }]
    const tools = [weather, { ...weather, function: { ...weather.function, name: 'other' } }]
    const answer = await client.chat({ model, messages, tools })
    expect(answer.message.tool_calls).toMatchObject([{ function: { name: 'weather', arguments: { city: 'Paris' } } }, { function: { name: 'other' } }])
    let streamed = 0
    for await (const part of await client.chat({ model, messages, tools, stream: true })) streamed += part.message.tool_calls?.length ?? 0
    expect(streamed).toBe(2)
    running.engine.calls = []
    const bare = answer.message.tool_calls!.map(({ function: its }) => ({ function: its }))
    await client.chat({ model, tools, messages: [...messages, { role: 'assistant', content: '', tool_calls: bare }, { role: 'tool', tool_name: 'other', content: 'B' }, { role: 'tool', tool_name: 'weather', content: 'A' }] })
    expect(running.engine.asked.at(-1)!.turns.slice(1)).toEqual([
      { role: 'assistant', text: '', toolCalls: [{ id: 'call_0', name: 'weather', parameters: call.parameters }, { id: 'call_1', name: 'other', parameters: call.parameters }] },
      { role: 'tool', text: 'B', toolCallId: 'call_1' },
      { role: 'tool', text: 'A', toolCallId: 'call_0' },
    ])
  })

  test('is held to JSON and to a schema', async () => {
    running.engine.answers = ['{"city": "Paris"}']
    const schema = { type: 'object', properties: { city: { type: 'string' } } }
    expect(JSON.parse((await client.chat({ model, messages, format: schema })).message.content)).toEqual({ city: 'Paris' })
    await client.chat({ model, messages, format: 'json' })
    await client.generate({ model, prompt: 'Where?', format: 'json' })
    expect(running.engine.asked.map(({ format }) => format)).toEqual([{ type: 'json-schema', schema }, { type: 'json' }, { type: 'json' }])
    await expect(client.chat({ model, messages, format: 'yaml' })).rejects.toMatchObject({ status_code: 400 })
  })

  test('without messages loads the model', async () => {
    expect(await client.chat({ model })).toMatchObject({ done: true, done_reason: 'load', message: { content: '' } })
    expect(running.engine.asked).toEqual([])
  })

  test('refuses pictures', async () => {
    await expect(client.chat({ model, messages: [{ role: 'user', content: 'What is this?', images: ['AA=='] }] })).rejects.toMatchObject({ status_code: 400, message: expect.stringContaining('text alone') })
  })
})

describe('generate', () => {
  test('answers a prompt, with a system message, raw, or in a stream', async () => {
    expect(await client.generate({ model, prompt: 'Where?', system: 'Be short.' })).toMatchObject({ response: 'Paris is the capital.', done: true, done_reason: 'stop' })
    expect(running.engine.asked[0]!.turns).toEqual([{ role: 'system', text: 'Be short.' }, { role: 'user', text: 'Where?' }])
    await client.generate({ model, prompt: 'once upon', raw: true })
    expect(running.engine.asked[1]).toMatchObject({ turns: [], text: 'once upon' })
    let text = ''
    for await (const part of await client.generate({ model, prompt: 'Where?', stream: true })) text += part.response ?? ''
    expect(text).toBe('Paris is the capital.')
    expect(await client.generate({ model, prompt: '' })).toMatchObject({ done_reason: 'load' })
  })

  test('fills in where there is a suffix', async () => {
    expect(await client.generate({ model, prompt: 'a(', suffix: ')', options: { num_predict: 9, stop: '()' as never } })).toMatchObject({ response: 'completed', done: true, done_reason: 'stop' })
    expect(running.engine.filled.at(-1)).toEqual({ prefix: 'a(', suffix: ')', scope: 'block', maxTokens: 9 })
    const parts = []
    for await (const part of await client.generate({ model, prompt: 'a(', suffix: ')', stream: true })) parts.push(part)
    expect(parts).toMatchObject([{ response: 'completed()', done: true }])
  })

  test.each([{ context: [1, 2] }, { template: '{{ .Prompt }}' }, { images: ['AA=='] }, { suffix: 'b', raw: true }])('refuses %j', async wrong => {
    await expect(client.generate({ model, prompt: 'a', ...wrong } as never)).rejects.toMatchObject({ status_code: 400 })
  })
})

test('embed gives vectors of length 1, and never cuts a text', async () => {
  const made = await client.embed({ model, input: ['one two', 'three'] })
  expect(made).toMatchObject({ model, prompt_eval_count: 3 })
  for (const vector of made.embeddings) expect(Math.hypot(...vector)).toBeCloseTo(1, 9)
  expect((await client.embed({ model, input: 'three' })).embeddings).toEqual([made.embeddings[1]])
  expect((await client.embed({ model, input: [] })).embeddings).toEqual([])
  expect((await client.embeddings({ model, prompt: 'three' })).embedding).toEqual(made.embeddings[1])
  await expect(client.embed({ model, input: 'a', dimensions: 5 })).rejects.toMatchObject({ status_code: 400 })
})
