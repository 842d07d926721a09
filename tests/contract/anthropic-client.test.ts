import Anthropic from '@anthropic-ai/sdk'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startModelServer, type ModelServer } from '../support/model-server.ts'

// Anthropic's own client, as it comes, against the host over HTTP.
let running: ModelServer
let client: Anthropic
const model = 'fake-model'
const asked = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'What is the capital of France?' }] }
// The client's types are those of its newest models, which take none of these; other programs send them.
const sampling = { temperature: 0, top_p: 0.9, top_k: 5 }
const weather = { name: 'weather', description: 'The weather in a city', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] } }
const call = { id: 'toolu_1', name: 'weather', parameters: '{"city":"Paris"}' }

beforeAll(async () => {
  running = await startModelServer()
  client = running.anthropic()
})
afterAll(async () => await running.dispose())
beforeEach(() => {
  Object.assign(running.engine, { answers: ['Paris is the capital.'], reasoning: '', calls: [], reusedTokens: 0, failure: null })
  running.engine.asked.length = 0
})

test('models are listed in the shape of this client, page by page', async () => {
  const names = []
  for await (const { id, display_name: shown } of client.models.list({ limit: 1 })) names.push([id, shown])
  expect(names).toEqual([['fake-model', 'Fake Model'], ['other', 'Other']])
  expect(await client.models.retrieve('default')).toMatchObject({ type: 'model', id: 'fake-model' })
  expect(await client.models.retrieve('other')).toMatchObject({ type: 'model', id: 'other', created_at: '2026-01-02T03:04:05.000Z' })
})

describe('messages', () => {
  test('answer at once, with what was cached', async () => {
    running.engine.reusedTokens = 3
    const answer = await client.messages.create({ ...asked, system: [{ type: 'text', text: 'Be short.' }, { type: 'text', text: 'Be kind.' }], ...sampling, stop_sequences: ['###'] })
    expect(answer).toMatchObject({ type: 'message', role: 'assistant', model, content: [{ type: 'text', text: 'Paris is the capital.' }], stop_reason: 'end_turn', stop_sequence: null, usage: { output_tokens: 4, cache_read_input_tokens: 3 } })
    expect(running.engine.asked[0]).toMatchObject({ turns: [{ role: 'system', text: 'Be short.\n\nBe kind.' }, { role: 'user' }], maxTokens: 100, temperature: 0, sampling: { topP: 0.9, topK: 5 }, stop: ['###'] })
  })

  test('say why they stopped', async () => {
    expect(await client.messages.create({ ...asked, max_tokens: 2 })).toMatchObject({ stop_reason: 'max_tokens', content: [{ text: 'Paris is' }] })
    expect(await client.messages.create({ ...asked, stop_sequences: [' the'] })).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ' the', content: [{ text: 'Paris is' }] })
  })

  test('stream from message_start to message_stop, with thoughts as blocks', async () => {
    running.engine.reasoning = 'Hm.'
    running.engine.answers = ['Paris.']
    const types: string[] = []
    const thinking = { type: 'enabled', budget_tokens: 1024 } as const
    for await (const event of await client.messages.create({ ...asked, thinking, stream: true })) types.push('content_block' in event ? `${event.type} ${event.content_block.type}` : 'delta' in event && 'type' in event.delta ? `${event.type} ${event.delta.type}` : event.type)
    expect(types).toEqual([
      'message_start',
      'content_block_start thinking', 'content_block_delta thinking_delta', 'content_block_delta signature_delta', 'content_block_stop',
      'content_block_start text', 'content_block_delta text_delta', 'content_block_stop',
      'message_delta', 'message_stop',
    ])
    const final = await client.messages.stream({ ...asked, thinking }).finalMessage()
    expect(final).toMatchObject({ content: [{ type: 'thinking', thinking: 'Hm.' }, { type: 'text', text: 'Paris.' }], stop_reason: 'end_turn' })
    expect(final.usage.input_tokens).toBe((await client.messages.countTokens({ model, messages: asked.messages })).input_tokens)
    // As at Anthropic, thoughts are shown to who asks for them alone.
    for (const without of [await client.messages.create(asked), await client.messages.create({ ...asked, thinking: { type: 'disabled' } })]) expect(without.content.map(({ type }) => type)).toEqual(['text'])
  })

  test('call tools, at once and in a stream, and read what they gave back', async () => {
    running.engine.calls = [call, { ...call, id: 'toolu_2' }]
    const tools = [weather]
    const answer = await client.messages.create({ ...asked, tools, tool_choice: { type: 'any' } })
    expect(answer).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Paris' } }, { id: 'toolu_2' }] })
    expect(running.engine.asked[0]).toMatchObject({ toolChoice: 'required', tools: [{ name: 'weather', parameters: { required: ['city'] } }] })
    const final = await client.messages.stream({ ...asked, tools, tool_choice: { type: 'tool', name: 'weather', disable_parallel_tool_use: true } }).finalMessage()
    expect(final).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', id: 'toolu_1', input: { city: 'Paris' } }] })
    running.engine.calls = []
    await client.messages.create({
      ...asked,
      tools,
      messages: [...asked.messages, { role: 'assistant', content: answer.content }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'Sunny' }, { type: 'tool_result', tool_use_id: 'toolu_2', content: [{ type: 'text', text: 'Warm' }], is_error: false }, { type: 'text', text: 'So?' }] }],
    })
    expect(running.engine.asked.at(-1)!.turns.slice(1)).toEqual([
      { role: 'assistant', text: '', toolCalls: [call, { ...call, id: 'toolu_2' }] },
      { role: 'tool', text: 'Sunny', toolCallId: 'toolu_1' },
      { role: 'tool', text: 'Warm', toolCallId: 'toolu_2' },
      { role: 'user', text: 'So?' },
    ])
  })

  test('are held to a schema', async () => {
    running.engine.answers = ['{"city": "Paris"}']
    const answer = await client.messages.parse({ ...asked, output_config: { format: zodOutputFormat(z.object({ city: z.string() })) } })
    expect(answer.parsed_output).toEqual({ city: 'Paris' })
    expect(running.engine.asked[0]!.format).toMatchObject({ type: 'json-schema', schema: { properties: { city: { type: 'string' } } } })
  })

  test('are counted with their tools', async () => {
    expect(await client.messages.countTokens({ model, system: 'Be short.', messages: asked.messages, tools: [weather] })).toEqual({ input_tokens: 14 })
  })

  test.each([
    [{ messages: [...asked.messages, { role: 'assistant', content: 'Par' }] }, /must end with a message of the user/],
    [{ messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'x' } }] }] }, /messages\.0\.content\.0\.type/],
    [{ tools: [{ type: 'bash_20250124', name: 'bash' }] }, /one of Anthropic's/],
    [{ tool_choice: { type: 'any' } }, /tool_choice/],
    [{ tools: [weather], tool_choice: { type: 'tool', name: 'other' } }, /tool_choice\.name/],
    [{ max_tokens: 0 }, /max_tokens/],
    [{ messages: [] }, /messages/],
  ])('refuse %j', async (wrong, words) => {
    const error = await client.messages.create({ ...asked, ...wrong } as never).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Anthropic.BadRequestError)
    expect(error).toMatchObject({ type: 'invalid_request_error', message: expect.stringMatching(words), requestID: expect.stringMatching(/^req_/) })
  })
})
