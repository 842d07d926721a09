import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServedApp, type ServedApp } from '../support/engine-app.ts'
import { findTestModel } from '../support/test-models.ts'

// The three official clients against the whole application with real models.
const chat = await findTestModel('smollm2')
const vectors = await findTestModel('minilm')
/** The client's types call it old; it is what makes an answer come again. */
const seeded = { seed: 42 }
const question = 'What is the capital of France?'

let app: ServedApp

beforeAll(async () => {
  app = await startServedApp({ 'model.contextTokens': 2048 })
})
afterAll(async () => await app?.dispose())

const { openai, anthropic, ollama } = { openai: () => app.openai(), anthropic: () => app.anthropic(), ollama: () => app.ollama() }

/** Adds a model and gives the name that the server lists it under. */
async function added(path: string): Promise<string> {
  return await app.nameOf((await app.client.models.add({ path })).sizeBytes)
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
    const ask = async () => (await openai().chat.completions.create({ model, messages: [{ role: 'user', content: 'Tell me a story.' }], temperature: 1, ...seeded, max_completion_tokens: 30 })).choices[0]!.message.content
    // The first run leaves the state that the others begin from.
    await ask()
    expect(await ask()).toBe(await ask())
  })

  test('refuses a prompt that does not fit, as an error of the client', { timeout: 60_000 }, async () => {
    await expect(openai().chat.completions.create({ model, messages: [{ role: 'user', content: 'word '.repeat(5000) }] })).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' })
  })

  const schema = { type: 'object', properties: { city: { type: 'string', enum: ['Paris', 'London'] } }, required: ['city'], additionalProperties: false }
  const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] }
  const weather = { name: 'weather', description: 'The weather in a city' }
  const asked = [{ role: 'user' as const, content: 'What is the weather in Paris?' }]

  test('holds an answer of the openai client to a schema, at once and in a stream', { timeout: 180_000 }, async () => {
    const request = { model, messages: [{ role: 'user' as const, content: question }], temperature: 0, max_completion_tokens: 40, response_format: { type: 'json_schema' as const, json_schema: { name: 'city', schema } } }
    expect(JSON.parse((await openai().chat.completions.create(request)).choices[0]!.message.content!)).toEqual({ city: 'Paris' })
    const pieces: string[] = []
    for await (const chunk of await openai().chat.completions.create({ ...request, stream: true })) pieces.push(chunk.choices[0]?.delta.content ?? '')
    expect(JSON.parse(pieces.join(''))).toEqual({ city: 'Paris' })
    expect(pieces.filter(piece => piece !== '').length).toBeGreaterThan(1)
    const responses = await openai().responses.stream({ model, input: question, temperature: 0, max_output_tokens: 40, text: { format: { type: 'json_schema', name: 'city', schema } } }).finalResponse()
    expect(JSON.parse(responses.output_text)).toEqual({ city: 'Paris' })
  })

  test('gives each client an object where it asks for JSON, though the question asks for a number', { timeout: 180_000 }, async () => {
    const sum = 'What is 6 times 7? Answer with the number alone.'
    const messages = [{ role: 'user' as const, content: sum }]
    const options = { temperature: 0, num_predict: 200 }
    const answers = [
      (await openai().chat.completions.create({ model, messages, temperature: 0, max_completion_tokens: 200, response_format: { type: 'json_object' } })).choices[0]!.message.content,
      (await openai().responses.create({ model, input: sum, temperature: 0, max_output_tokens: 200, text: { format: { type: 'json_object' } } })).output_text,
      (await ollama().chat({ model, messages, format: 'json', options })).message.content,
      (await ollama().generate({ model, prompt: sum, format: 'json', options })).response,
    ]
    for (const answer of answers) {
      expect(answer).toMatch(/^\{/)
      expect(JSON.parse(answer ?? '')).toBeTypeOf('object')
    }
  })

  test('calls a tool that it must call, for the openai client, at once and in a stream', { timeout: 180_000 }, async () => {
    const tools = [{ type: 'function' as const, function: { ...weather, parameters } }]
    const request = { model, messages: asked, temperature: 0, max_completion_tokens: 60, tools, tool_choice: 'required' as const }
    const answer = await openai().chat.completions.create(request)
    const [call] = answer.choices[0]!.message.tool_calls ?? []
    expect(answer.choices[0]!.finish_reason).toBe('tool_calls')
    expect(call).toMatchObject({ type: 'function', function: { name: 'weather' } })
    const given = JSON.parse((call as { function: { arguments: string } }).function.arguments) as { city: unknown }
    expect(typeof given.city).toBe('string')

    // Put together as the client does it.
    const streamed = await openai().chat.completions.stream({ ...request, stream: true }).finalChatCompletion()
    expect(streamed.choices[0]!.finish_reason).toBe('tool_calls')
    const [again] = streamed.choices[0]!.message.tool_calls ?? []
    expect(again).toMatchObject({ type: 'function', function: { name: 'weather' } })
    expect(JSON.parse((again as { function: { arguments: string } }).function.arguments)).toEqual(given)

    const responses = await openai().responses.stream({ model, input: asked[0]!.content, temperature: 0, max_output_tokens: 60, tools: [{ type: 'function', strict: false, ...weather, parameters }], tool_choice: 'required' }).finalResponse()
    const called = responses.output.find(item => item.type === 'function_call')
    expect(called).toMatchObject({ name: 'weather' })
    expect(JSON.parse(called!.arguments)).toEqual(given)
  })

  test('holds an answer of the anthropic client to a schema, in a stream', { timeout: 180_000 }, async () => {
    const pieces: string[] = []
    const stream = anthropic().messages.stream({ model, max_tokens: 40, messages: [{ role: 'user', content: question }], output_config: { format: { type: 'json_schema', schema } }, ...{ temperature: 0 } })
    stream.on('text', piece => pieces.push(piece))
    const final = await stream.finalMessage()
    expect(final).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: pieces.join('') }] })
    expect(JSON.parse(pieces.join(''))).toEqual({ city: 'Paris' })
    expect(pieces.length).toBeGreaterThan(1)
  })

  test('calls a tool that it must call, for the anthropic client, at once and in a stream', { timeout: 180_000 }, async () => {
    const request = { model, max_tokens: 60, messages: asked, tools: [{ ...weather, input_schema: parameters }], tool_choice: { type: 'any' as const }, ...{ temperature: 0 } }
    const answer = await anthropic().messages.create(request)
    const call = answer.content.find(block => block.type === 'tool_use')
    expect(answer.stop_reason).toBe('tool_use')
    expect(call).toMatchObject({ name: 'weather', input: { city: expect.any(String) } })
    let json = ''
    const stream = anthropic().messages.stream(request)
    stream.on('inputJson', piece => (json += piece))
    const final = await stream.finalMessage()
    expect(final.stop_reason).toBe('tool_use')
    expect(final.content.find(block => block.type === 'tool_use')).toMatchObject({ name: 'weather', input: call!.input })
    expect(JSON.parse(json)).toEqual(call!.input)
  })

  test('holds an answer of the ollama client to a schema, at once and in a stream', { timeout: 180_000 }, async () => {
    const request = { model, messages: [{ role: 'user', content: question }], format: schema, options: { temperature: 0, num_predict: 40 } }
    expect(JSON.parse((await ollama().chat(request)).message.content)).toEqual({ city: 'Paris' })
    const pieces: string[] = []
    for await (const part of await ollama().chat({ ...request, stream: true })) pieces.push(part.message.content)
    expect(JSON.parse(pieces.join(''))).toEqual({ city: 'Paris' })
    expect(pieces.filter(piece => piece !== '').length).toBeGreaterThan(1)
    const { response } = await ollama().generate({ model, prompt: question, format: schema, options: request.options })
    expect(JSON.parse(response ?? '')).toEqual({ city: 'Paris' })
  })

  test('calls a tool for the ollama client, at once and in a stream', { timeout: 180_000 }, async () => {
    const tools = [{ type: 'function', function: { ...weather, parameters } }]
    // This interface has no word to require a call: what came before leads so small a model to one.
    const before = ['London', 'Rome'].flatMap(city => [
      { role: 'user', content: `What is the weather in ${city}?` },
      { role: 'assistant', content: '', tool_calls: [{ function: { name: 'weather', arguments: { city } } }] },
      { role: 'tool', tool_name: 'weather', content: 'It rains.' },
      { role: 'assistant', content: 'It rains.' },
    ])
    const request = { model, messages: [...before, ...asked], tools, options: { temperature: 0, num_predict: 60 } }
    const answer = await ollama().chat(request)
    const [call] = answer.message.tool_calls ?? []
    expect(call).toMatchObject({ function: { name: 'weather', arguments: { city: expect.any(String) } } })
    const calls = []
    for await (const part of await ollama().chat({ ...request, stream: true })) calls.push(...(part.message.tool_calls ?? []))
    expect(calls.map(one => one.function)).toEqual([call!.function])
  })
})

describe.skipIf('missing' in vectors)(`all-MiniLM over the interfaces${'missing' in vectors ? ` (skipped: ${vectors.missing})` : ''}`, () => {
  const cosine = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0) / Math.hypot(...a) / Math.hypot(...b)
  let model = ''
  beforeAll(async () => {
    model = await added((vectors as { path: string }).path)
  }, 120_000)

  test('gives the vectors of the published weights', { timeout: 180_000 }, async () => {
    const references = JSON.parse(readFileSync(join(dirname((vectors as { path: string }).path), 'all-minilm-l6-v2-reference.json'), 'utf8')) as { text: string; tokens: number; vector: number[] }[]
    const input = references.map(({ text }) => text)
    const made = await openai().embeddings.create({ model, input })
    const also = await ollama().embed({ model, input })
    for (const [index, { vector }] of references.entries()) {
      expect(cosine(made.data[index]!.embedding, vector)).toBeGreaterThanOrEqual(0.999)
      expect(cosine(also.embeddings[index]!, vector)).toBeGreaterThanOrEqual(0.999)
      expect(Math.hypot(...also.embeddings[index]!)).toBeCloseTo(1, 6)
    }
  })

  test('gives vectors of length 1, nearer to each other the nearer the texts', { timeout: 180_000 }, async () => {
    const texts = ['The cat sits on the mat.', 'A cat is sitting on a rug.', 'Interest rates rose in May.']
    const [cat, other, rates] = (await openai().embeddings.create({ model, input: texts })).data.map(({ embedding }) => embedding)
    for (const vector of [cat!, other!, rates!]) {
      expect(vector).toHaveLength(384)
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4)
    }
    expect(cosine(cat!, other!)).toBeGreaterThan(cosine(cat!, rates!) + 0.3)
  })

  test('refuses a text that is longer than the model reads, and does not cut it', { timeout: 60_000 }, async () => {
    await expect(openai().embeddings.create({ model, input: 'word '.repeat(2000) })).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' })
    await expect(ollama().embed({ model, input: 'word '.repeat(2000) })).rejects.toMatchObject({ status_code: 400 })
  })

  test('answers beside the chat model, and is no chat model itself', { timeout: 60_000 }, async () => {
    await expect(openai().chat.completions.create({ model, messages: [{ role: 'user', content: question }] })).rejects.toMatchObject({ status: 400, param: 'model' })
  })
})
