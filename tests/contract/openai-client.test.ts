import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startModelServer, type ModelServer } from '../support/model-server.ts'

// OpenAI's own client, as it comes, against the host over HTTP.
let running: ModelServer
let client: OpenAI
const model = 'fake-model'
const question = [{ role: 'user' as const, content: 'What is the capital of France?' }]
/** Fields that the client's types call old; other programs send them. */
const older = { seed: { seed: 7 }, limit: { max_tokens: 2 } }
const weather = { type: 'function' as const, function: { name: 'weather', description: 'The weather in a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }
const call = { id: 'call_1', name: 'weather', parameters: '{"city":"Paris"}' }

beforeAll(async () => {
  running = await startModelServer()
  client = running.openai()
})
afterAll(async () => await running.dispose())
beforeEach(() => {
  Object.assign(running.engine, { answers: ['Paris is the capital.'], reasoning: '', calls: [], reusedTokens: 0, failure: null })
  running.engine.asked.length = 0
})

describe('models', () => {
  test('are listed under names that a command line can take, and described one by one', async () => {
    const listed = await client.models.list()
    expect(listed.data.map(({ id }) => id)).toEqual([model, 'other'])
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model', owned_by: 'cortex', created: 1767323045 })
    expect(await client.models.retrieve('default')).toMatchObject({ id: model, object: 'model' })
    await expect(client.models.retrieve('nothing')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  })
})

describe('chat completions', () => {
  test('answer at once, with usage and cached tokens', async () => {
    running.engine.reusedTokens = 3
    const answer = await client.chat.completions.create({ model, messages: [{ role: 'developer', content: 'Be short.' }, ...question], temperature: 0, ...older.seed, top_p: 0.9, presence_penalty: 0.5, frequency_penalty: -0.5, logit_bias: { '5': -100 }, max_completion_tokens: 50, stop: ['###'] })
    expect(answer).toMatchObject({ object: 'chat.completion', model, choices: [{ index: 0, message: { role: 'assistant', content: 'Paris is the capital.', refusal: null }, finish_reason: 'stop', logprobs: null }] })
    expect(answer.usage).toMatchObject({ completion_tokens: 4, prompt_tokens_details: { cached_tokens: 3 }, completion_tokens_details: { reasoning_tokens: 0 } })
    expect(answer.usage!.total_tokens).toBe(answer.usage!.prompt_tokens + 4)
    expect(running.engine.asked[0]).toMatchObject({
      turns: [{ role: 'system', text: 'Be short.' }, { role: 'user', text: 'What is the capital of France?' }],
      temperature: 0, seed: 7, maxTokens: 50, stop: ['###'],
      sampling: { topP: 0.9, presencePenalty: 0.5, frequencyPenalty: -0.5, logitBias: { '5': -100 } },
    })
  })

  test('take what is not said from Cortex, and the default model by its name', async () => {
    const answer = await client.chat.completions.create({ model: 'default', messages: question })
    expect(answer.model).toBe(model)
    expect(running.engine.asked[0]).toMatchObject({ temperature: 0.2, maxTokens: 1024, seed: null })
  })

  test('take the preset of the model where nothing else is said', async () => {
    running.engine.model!.preset = { id: 'exact', name: 'Exact', isBuiltIn: true, temperature: 0.1, sampling: { topK: 20, topP: 0.5 } }
    await client.chat.completions.create({ model, messages: question })
    await client.chat.completions.create({ model, messages: question, temperature: 1, top_p: 1 })
    delete running.engine.model!.preset
    expect(running.engine.asked.map(({ temperature, sampling }) => [temperature, sampling])).toEqual([[0.1, { topK: 20, topP: 0.5 }], [1, { topK: 20, topP: 1 }]])
  })

  test('stream, with usage at the end where it was asked for', async () => {
    const stream = await client.chat.completions.create({ model, messages: question, stream: true, stream_options: { include_usage: true } })
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks[0]!.choices[0]!.delta).toMatchObject({ role: 'assistant' })
    expect(chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Paris is the capital.')
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('stop')
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } })
    const bare = []
    for await (const chunk of await client.chat.completions.create({ model, messages: question, stream: true })) bare.push(chunk)
    expect(bare.every(chunk => chunk.usage === undefined && chunk.choices.length === 1)).toBe(true)
  })

  test('end at the limit and at stop words', async () => {
    expect((await client.chat.completions.create({ model, messages: question, ...older.limit })).choices[0]).toMatchObject({ message: { content: 'Paris is' }, finish_reason: 'length' })
    expect((await client.chat.completions.create({ model, messages: question, stop: ' the' })).choices[0]).toMatchObject({ message: { content: 'Paris is' }, finish_reason: 'stop' })
  })

  test('call tools, at once and in a stream, and read what they gave back', async () => {
    running.engine.calls = [call, { ...call, id: 'call_2' }]
    const tools = [weather]
    const answer = await client.chat.completions.create({ model, messages: question, tools, tool_choice: { type: 'function', function: { name: 'weather' } } })
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }, { id: 'call_2' }] } })
    expect(running.engine.asked[0]).toMatchObject({ tools: [{ name: 'weather', description: 'The weather in a city', parameters: { required: ['city'] } }], toolChoice: { name: 'weather' } })
    const final = await client.chat.completions.stream({ model, messages: question, tools, tool_choice: 'required', parallel_tool_calls: false }).finalChatCompletion()
    expect(final.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [{ id: 'call_1', function: { name: 'weather', arguments: '{"city":"Paris"}' } }] } })
    expect(final.choices[0]!.message.tool_calls).toHaveLength(1)
    running.engine.calls = []
    await client.chat.completions.create({ model, tools, messages: [...question, answer.choices[0]!.message, { role: 'tool', tool_call_id: 'call_1', content: 'Sunny' }] })
    expect(running.engine.asked.at(-1)!.turns.slice(1)).toEqual([{ role: 'assistant', text: '', toolCalls: [call, { ...call, id: 'call_2' }] }, { role: 'tool', text: 'Sunny', toolCallId: 'call_1' }])
  })

  test('are held to JSON and to a schema', async () => {
    running.engine.answers = ['{"city": "Paris", "people": 2}']
    const City = z.object({ city: z.string(), people: z.number() })
    const answer = await client.chat.completions.parse({ model, messages: question, response_format: zodResponseFormat(City, 'city') })
    expect(answer.choices[0]!.message.parsed).toEqual({ city: 'Paris', people: 2 })
    expect(running.engine.asked[0]!.format).toMatchObject({ type: 'json-schema', schema: { properties: { city: { type: 'string' } } } })
    await client.chat.completions.create({ model, messages: question, response_format: { type: 'json_object' } })
    expect(running.engine.asked[1]!.format).toEqual({ type: 'json' })
  })

  test('tell probabilities and reasoning', async () => {
    running.engine.reasoning = 'Let me think.'
    const answer = await client.chat.completions.create({ model, messages: question, logprobs: true, top_logprobs: 2 })
    expect(answer.choices[0]!.logprobs!.content).toHaveLength(4)
    expect(answer.choices[0]!.logprobs!.content![0]).toMatchObject({ token: 'Paris', logprob: Math.log(0.5), bytes: [80, 97, 114, 105, 115], top_logprobs: [{ token: 'Paris' }, { token: ' other' }] })
    expect(answer.choices[0]!.message).toMatchObject({ reasoning_content: 'Let me think.', content: 'Paris is the capital.' })
    expect(answer.usage!.completion_tokens_details).toEqual({ reasoning_tokens: 3 })
    const deltas: Record<string, unknown>[] = []
    for await (const chunk of await client.chat.completions.create({ model, messages: question, logprobs: true, stream: true })) deltas.push({ ...chunk.choices[0]!.delta, logprobs: chunk.choices[0]!.logprobs })
    expect(deltas.map(delta => delta['reasoning_content'] ?? '').join('')).toBe('Let me think.')
    expect(deltas.filter(delta => delta['logprobs'] !== null)).toHaveLength(4)
  })

  test('read text in parts, and refuse other parts by their place', async () => {
    await client.chat.completions.create({ model, messages: [{ role: 'user', content: [{ type: 'text', text: 'one ' }, { type: 'text', text: 'two' }] }] })
    expect(running.engine.asked[0]!.turns).toEqual([{ role: 'user', text: 'one two' }])
    const picture = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AA==' } }
    await expect(client.chat.completions.create({ model, messages: [{ role: 'user', content: [picture] }] })).rejects.toMatchObject({ status: 400, param: 'messages[0].content[0].type', type: 'invalid_request_error' })
  })
})

describe('completions', () => {
  test('go on with text, one prompt or several, with echo, stop and probabilities', async () => {
    running.engine.answers = [' two three four']
    expect((await client.completions.create({ model, prompt: 'one', max_tokens: 2, echo: true })).choices[0]).toMatchObject({ text: 'one two three', finish_reason: 'length', logprobs: null })
    expect(running.engine.asked[0]).toMatchObject({ turns: [], text: 'one', maxTokens: 2 })
    const several = await client.completions.create({ model, prompt: ['one', 'uno'], max_tokens: 9, stop: ' four', logprobs: 1 })
    expect(several.choices.map(({ index, text }) => [index, text])).toEqual([[0, ' two three'], [1, ' two three']])
    expect(several.choices[0]!.logprobs).toMatchObject({ tokens: [' two', ' three'], text_offset: [0, 4], top_logprobs: [{ ' two': Math.log(0.5) }, { ' three': Math.log(0.5) }] })
    expect(several.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4 })
  })

  test('stream', async () => {
    running.engine.answers = [' two three four']
    const chunks = []
    for await (const chunk of await client.completions.create({ model, prompt: 'one', max_tokens: 9, stream: true, stream_options: { include_usage: true } })) chunks.push(chunk)
    expect(chunks.map(chunk => chunk.choices[0]?.text ?? '').join('')).toBe(' two three four')
    expect(chunks.at(-1)!.usage).toMatchObject({ completion_tokens: 3 })
  })

  test('fill in where there is a suffix', async () => {
    const filled = await client.completions.create({ model, prompt: 'function add(a, b) {', suffix: '}', max_tokens: 20 })
    expect(filled.choices[0]).toMatchObject({ text: 'completed()', finish_reason: 'stop' })
    expect(running.engine.filled.at(-1)).toEqual({ prefix: 'function add(a, b) {', suffix: '}', scope: 'block', maxTokens: 20 })
  })

  test.each([
    [{ prompt: [1, 2] }, 'prompt'],
    [{ prompt: 'a', n: 2 }, 'n'],
    [{ prompt: 'a', best_of: 3 }, 'best_of'],
    [{ prompt: 'a', echo: true, logprobs: 1 }, 'echo'],
    [{ prompt: 'a', suffix: 'b', logprobs: 1 }, 'logprobs'],
  ])('refuse %j', async (wrong, param) => {
    await expect(client.completions.create({ model, ...wrong } as never)).rejects.toMatchObject({ status: 400, param })
  })
})

describe('embeddings', () => {
  test('have length 1, in both encodings', async () => {
    // The client asks for base64 of its own accord and decodes it.
    const made = await client.embeddings.create({ model, input: ['one two', 'three'] })
    expect(made.data.map(({ index }) => index)).toEqual([0, 1])
    for (const { embedding } of made.data) expect(Math.hypot(...embedding)).toBeCloseTo(1, 5)
    const floats = await client.embeddings.create({ model, input: 'one two', encoding_format: 'float', dimensions: 2 })
    expect(floats.data[0]!.embedding.map(value => value.toFixed(5))).toEqual(made.data[0]!.embedding.map(value => value.toFixed(5)))
    expect(floats.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 })
  })

  test.each([
    [{ input: [1, 2] }, 'input'],
    [{ input: '' }, 'input'],
    [{ input: 'a', dimensions: 3 }, 'dimensions'],
  ])('refuse %j', async (wrong, param) => {
    await expect(client.embeddings.create({ model, ...wrong } as never)).rejects.toMatchObject({ status: 400, param })
  })
})

test('rerank puts the best first', async () => {
  const ranked = await (await running.post('/v1/rerank', { model, query: 'red apple', documents: ['a pear', { text: 'a red apple' }, 'red'], top_n: 2, return_documents: true })).json() as { results: unknown[] }
  expect(ranked.results).toEqual([{ index: 1, relevance_score: 1, document: { text: 'a red apple' } }, { index: 2, relevance_score: 0.5, document: { text: 'red' } }])
})

describe('responses', () => {
  test('answer text and items, with instructions and usage', async () => {
    const answer = await client.responses.create({ model, instructions: 'Be short.', input: 'Where?', temperature: 0, max_output_tokens: 30, metadata: { of: 'test' } })
    expect(answer).toMatchObject({ object: 'response', status: 'completed', output_text: 'Paris is the capital.', store: false, metadata: { of: 'test' }, usage: { output_tokens: 4 } })
    expect(running.engine.asked[0]).toMatchObject({ turns: [{ role: 'system', text: 'Be short.' }, { role: 'user', text: 'Where?' }], maxTokens: 30 })
    const items = [
      { role: 'developer' as const, content: 'Rules' },
      { role: 'user' as const, content: [{ type: 'input_text' as const, text: 'Weather?' }] },
      { type: 'function_call' as const, call_id: 'call_1', name: 'weather', arguments: '{"city":"Paris"}' },
      { type: 'function_call_output' as const, call_id: 'call_1', output: 'Sunny' },
      ...answer.output,
      { role: 'user' as const, content: 'And now?' },
    ]
    await client.responses.create({ model, input: items as never })
    expect(running.engine.asked[1]!.turns).toEqual([
      { role: 'system', text: 'Rules' },
      { role: 'user', text: 'Weather?' },
      { role: 'assistant', text: '', toolCalls: [call] },
      { role: 'tool', text: 'Sunny', toolCallId: 'call_1' },
      { role: 'assistant', text: 'Paris is the capital.' },
      { role: 'user', text: 'And now?' },
    ])
  })

  test('stream their events in order', async () => {
    running.engine.reasoning = 'Hm.'
    running.engine.answers = ['Paris.']
    const events = []
    for await (const event of await client.responses.create({ model, input: 'Where?', stream: true })) events.push(event)
    expect(events.map(event => event.type)).toEqual([
      'response.created', 'response.in_progress',
      'response.output_item.added', 'response.content_part.added', 'response.reasoning_text.delta', 'response.reasoning_text.done', 'response.content_part.done', 'response.output_item.done',
      'response.output_item.added', 'response.content_part.added', 'response.output_text.delta', 'response.output_text.done', 'response.content_part.done', 'response.output_item.done',
      'response.completed',
    ])
    expect(events.map(event => event.sequence_number)).toEqual(events.map((_, index) => index))
    expect(events.filter(event => 'output_index' in event).map(event => (event as { output_index: number }).output_index)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    expect((events.at(-1) as { response: OpenAI.Responses.Response }).response.output).toMatchObject([{ type: 'reasoning', content: [{ text: 'Hm.' }] }, { type: 'message', content: [{ type: 'output_text', text: 'Paris.' }] }])
  })

  test('call functions, in the helper of the client too', async () => {
    running.engine.calls = [call]
    const tools = [{ type: 'function' as const, name: 'weather', parameters: weather.function.parameters, strict: true }]
    const final = await client.responses.stream({ model, input: 'Weather?', tools, tool_choice: { type: 'function', name: 'weather' } }).finalResponse()
    expect(final.output).toMatchObject([{ type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Paris"}', status: 'completed' }])
    expect(running.engine.asked[0]!.toolChoice).toEqual({ name: 'weather' })
  })

  test('are held to a schema, say that they were cut, and tell probabilities', async () => {
    running.engine.answers = ['{"city": "Paris"}']
    const format = { type: 'json_schema' as const, name: 'city', schema: { type: 'object', properties: { city: { type: 'string' } } } }
    expect(JSON.parse((await client.responses.create({ model, input: 'Where?', text: { format } })).output_text)).toEqual({ city: 'Paris' })
    expect(running.engine.asked[0]!.format).toEqual({ type: 'json-schema', schema: format.schema })
    await client.responses.create({ model, input: 'Where?', text: { format: { type: 'json_object' } } })
    expect(running.engine.asked[1]!.format).toEqual({ type: 'json' })
    running.engine.answers = ['one two three']
    const cut = await client.responses.create({ model, input: 'Count', max_output_tokens: 2, top_logprobs: 1, include: ['message.output_text.logprobs'] })
    expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [{ status: 'incomplete', content: [{ logprobs: [{ token: 'one' }, { token: ' two' }] }] }] })
  })

  test.each([
    [{ store: true }, 'store'],
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ conversation: 'conv_1' }, 'conversation'],
    [{ background: true }, 'background'],
    [{ truncation: 'auto' }, 'truncation'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    [{ input: [{ type: 'item_reference', id: 'x' }] }, 'input[0].type'],
    [{ input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'x' }] }] }, 'input[0].content[0].type'],
  ])('refuse %j', async (wrong, param) => {
    await expect(client.responses.create({ model, input: 'a', ...wrong } as never)).rejects.toMatchObject({ status: 400, param, type: 'invalid_request_error' })
  })
})
