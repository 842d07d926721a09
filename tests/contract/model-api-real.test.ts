import Anthropic from '@anthropic-ai/sdk'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../main/shared/contract/index.ts'
import { connect } from '../support/socket-client.ts'
import { startTestApp, type TestApp } from '../support/test-host.ts'
import { findTestModel } from '../support/test-models.ts'

// The three official clients against the whole application with real models.
const chat = await findTestModel('smollm2')
const vectors = await findTestModel('minilm')
const question = 'What is the capital of France?'

let running: TestApp
let cortex: Client
let close: () => void
let token = ''
let origin = ''

beforeAll(async () => {
  running = await startTestApp({ 'model.loadAtStart': false, 'model.threads': 1, 'model.contextTokens': 2048 })
  ;({ client: cortex, close } = await connect(running.http))
  await cortex.modelServer.turnOn()
  ;({ token } = await cortex.modelServer.createClient({ name: 'real' }))
  origin = `http://127.0.0.1:${running.http.port}`
})
afterAll(async () => {
  close?.()
  await running?.dispose()
})

const openai = (): OpenAI => new OpenAI({ apiKey: token, baseURL: `${origin}/v1`, maxRetries: 0 })
const anthropic = (): Anthropic => new Anthropic({ apiKey: token, authToken: null, baseURL: origin, maxRetries: 0 })
const ollama = (): Ollama => new Ollama({ host: origin, headers: { Authorization: `Bearer ${token}` } })

/** Adds a model and gives the name that the server lists it under. */
async function added(path: string): Promise<string> {
  const { sizeBytes } = await cortex.models.add({ path })
  const found = (await ollama().list()).models.find(({ size }) => size === sizeBytes)
  if (!found) throw new Error('The model is not listed')
  return found.name
}

describe.skipIf('missing' in chat)(`SmolLM2 over the three interfaces${'missing' in chat ? ` (skipped: ${chat.missing})` : ''}`, () => {
  let model = ''
  beforeAll(async () => {
    model = await added((chat as { path: string }).path)
  }, 120_000)

  test('names Paris to the openai client, in a stream too', { timeout: 180_000 }, async () => {
    const asked = { model, messages: [{ role: 'user' as const, content: question }], temperature: 0, seed: 1, max_tokens: 40 }
    expect((await openai().chat.completions.create(asked)).choices[0]!.message.content).toContain('Paris')
    let text = ''
    for await (const chunk of await openai().chat.completions.create({ ...asked, stream: true })) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toContain('Paris')
    expect((await openai().responses.create({ model, input: question, temperature: 0, max_output_tokens: 40 })).output_text).toContain('Paris')
  })

  test('names Paris to the anthropic client, which counts the same tokens', { timeout: 180_000 }, async () => {
    const messages = [{ role: 'user' as const, content: question }]
    const answer = await anthropic().messages.create({ model, max_tokens: 40, messages, ...{ temperature: 0 } })
    expect(answer.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('Paris') })
    const { input_tokens: counted } = await anthropic().messages.countTokens({ model, messages })
    expect(answer.usage.input_tokens + (answer.usage.cache_read_input_tokens ?? 0)).toBe(counted)
    expect(JSON.stringify((await anthropic().messages.stream({ model, max_tokens: 40, messages, ...{ temperature: 0 } }).finalMessage()).content)).toContain('Paris')
  })

  test('names Paris to the ollama client', { timeout: 180_000 }, async () => {
    const options = { temperature: 0, seed: 1, num_predict: 40 }
    expect((await ollama().chat({ model, messages: [{ role: 'user', content: question }], options })).message.content).toContain('Paris')
    expect((await ollama().generate({ model, prompt: question, options })).response).toContain('Paris')
  })

  test('gives the same text for the same seed', { timeout: 180_000 }, async () => {
    const ask = async () => (await openai().chat.completions.create({ model, messages: [{ role: 'user', content: 'Tell me a story.' }], temperature: 1, ...{ seed: 42 }, max_completion_tokens: 30 })).choices[0]!.message.content
    // The first run leaves the state that the others begin from.
    await ask()
    expect(await ask()).toBe(await ask())
  })

  test('refuses a prompt that does not fit, as an error of the client', { timeout: 60_000 }, async () => {
    await expect(openai().chat.completions.create({ model, messages: [{ role: 'user', content: 'word '.repeat(5000) }] })).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' })
  })

  test('holds an answer to a schema', { timeout: 180_000 }, async () => {
    const schema = { type: 'object', properties: { city: { type: 'string', enum: ['Paris', 'London'] } }, required: ['city'], additionalProperties: false }
    const answer = await openai().chat.completions.create({ model, messages: [{ role: 'user', content: question }], temperature: 0, max_completion_tokens: 40, response_format: { type: 'json_schema', json_schema: { name: 'city', schema } } })
    expect(JSON.parse(answer.choices[0]!.message.content!)).toEqual({ city: 'Paris' })
  })

  test('calls a tool that it must call', { timeout: 180_000 }, async () => {
    const tools = [{ type: 'function' as const, function: { name: 'weather', description: 'The weather in a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }]
    const answer = await openai().chat.completions.create({ model, messages: [{ role: 'user', content: 'What is the weather in Paris?' }], temperature: 0, max_completion_tokens: 60, tools, tool_choice: 'required' })
    const [call] = answer.choices[0]!.message.tool_calls ?? []
    expect(call).toMatchObject({ type: 'function', function: { name: 'weather' } })
    expect(typeof JSON.parse((call as { function: { arguments: string } }).function.arguments).city).toBe('string')
  })
})

describe.skipIf('missing' in vectors)(`all-MiniLM over the interfaces${'missing' in vectors ? ` (skipped: ${vectors.missing})` : ''}`, () => {
  test('gives vectors of length 1, nearer to each other the nearer the texts', { timeout: 180_000 }, async () => {
    const model = await added((vectors as { path: string }).path)
    const texts = ['The cat sits on the mat.', 'A cat is sitting on a rug.', 'Interest rates rose in May.']
    const [cat, other, rates] = (await openai().embeddings.create({ model, input: texts })).data.map(({ embedding }) => embedding)
    for (const vector of [cat!, other!, rates!]) {
      expect(vector).toHaveLength(384)
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4)
    }
    const cosine = (a: number[], b: number[]): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0)
    expect(cosine(cat!, other!)).toBeGreaterThan(cosine(cat!, rates!) + 0.3)
    const [again] = (await ollama().embed({ model, input: texts[0]! })).embeddings
    expect(cosine(cat!, again!)).toBeGreaterThan(0.9999)
  })
})
