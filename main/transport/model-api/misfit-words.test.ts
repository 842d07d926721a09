import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { MessagesRequest } from './anthropic/messages-request.ts'
import { ApiError } from './api-error.ts'
import { ChatRequest as OllamaRequest } from './ollama/ollama-request.ts'
import { ChatRequest } from './openai/chat-request.ts'
import { ResponsesRequest } from './openai/responses-request.ts'
import { parse } from './read-body.ts'

const words = (schema: z.ZodType, body: unknown): string => {
  try {
    parse(schema, body)
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'invalid') return error.message
    throw error
  }
  return 'it fits'
}
const user = { role: 'user', content: 'a' }
const chat = (facts: object): unknown => ({ model: 'a', messages: [user], ...facts })

describe('what does not fit is said by its place, what was expected and what came', () => {
  test.each<[z.ZodType, unknown, string]>([
    [ChatRequest, { model: 'a' }, 'messages: expected a list, but it is missing.'],
    [ChatRequest, {}, 'model: expected a text, but it is missing.'],
    [ChatRequest, chat({ model: 5 }), 'model: expected a text, but it is a number.'],
    [ChatRequest, chat({ model: '' }), 'model: expected at least 1 character, but it is empty.'],
    [ChatRequest, chat({ messages: [] }), 'messages: expected at least 1 entry, but it is empty.'],
    [ChatRequest, chat({ messages: 'canary' }), 'messages: expected a list, but it is a text.'],
    [ChatRequest, chat({ messages: [null] }), 'messages[0]: expected an object, but it is null.'],
    [ChatRequest, chat({ messages: [user, { content: 'canary' }] }), 'messages[1].role: expected a text, but it is missing.'],
    [ChatRequest, chat({ messages: [{ role: 'user', content: 5 }] }), 'messages[0].content: expected a text or a list, but it is a number.'],
    [ChatRequest, chat({ messages: [{ role: 'user', content: [{ text: 'canary' }] }] }), 'messages[0].content[0].type: expected a text, but it is missing.'],
    [ChatRequest, chat({ temperature: 3 }), 'temperature: expected at most 2, but it is more.'],
    [ChatRequest, chat({ temperature: '1' }), 'temperature: expected a number, but it is a text.'],
    [ChatRequest, chat({ max_tokens: 1.5 }), 'max_tokens: expected a whole number, but it has a fraction.'],
    [ChatRequest, chat({ max_tokens: 0 }), 'max_tokens: expected at least 1, but it is less.'],
    [ChatRequest, chat({ stream: 'yes' }), 'stream: expected true or false, but it is a text.'],
    [ChatRequest, chat({ stop: [''] }), 'stop[0]: expected at least 1 character, but it is empty.'],
    [ChatRequest, chat({ stop: Array.from({ length: 17 }, () => 'a') }), 'stop: expected at most 16 entries, but it has more.'],
    [ChatRequest, chat({ tool_choice: 'canary' }), 'tool_choice: expected one of “none”, “auto”, “required” or an object, but it is another text.'],
    [ChatRequest, chat({ tool_choice: { type: 'function' } }), 'tool_choice.function: expected an object, but it is missing.'],
    [ChatRequest, chat({ response_format: { type: 'canary' } }), 'response_format.type: expected one of “text”, “json_object”, “json_schema”, but it is another text.'],
    [ChatRequest, chat({ response_format: 'json' }), 'response_format: expected an object, but it is a text.'],
    [ChatRequest, chat({ logit_bias: { canary: 1 } }), 'logit_bias: expected keys that are numbers of tokens, but it has another.'],
    [MessagesRequest, chat({}), 'max_tokens: expected a number, but it is missing.'],
    [MessagesRequest, chat({ max_tokens: 1, messages: [{ role: 'canary', content: 'a' }] }), 'messages[0].role: expected one of “user”, “assistant”, “system”, but it is another text.'],
    [ResponsesRequest, { model: 'a', input: {} }, 'input: expected a text or a list, but it is an object.'],
    [ResponsesRequest, { model: 'a', input: [] }, 'input: expected at least 1 entry, but it is empty.'],
    [OllamaRequest, chat({ options: { num_predict: true } }), 'options.num_predict: expected a number, but it is true or false.'],
    [OllamaRequest, chat({ format: 5 }), 'format: expected a text or an object, but it is a number.'],
  ])('%#', (schema, body, expected) => {
    expect(words(schema, body)).toBe(expected)
  })
})
