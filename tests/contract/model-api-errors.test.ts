import Anthropic from '@anthropic-ai/sdk'
import fc from 'fast-check'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../main/shared/errors.ts'
import { modelApiPaths } from '../../main/transport/model-api/routes.ts'
import { fakeModel, startModelServer, type ModelServer } from '../support/model-server.ts'

let running: ModelServer
const model = 'fake-model'
const user = [{ role: 'user' as const, content: 'a question' }]

beforeAll(async () => {
  running = await startModelServer({ settings: { 'server.parallel': 1, 'server.queue': 0 } })
})
afterAll(async () => await running.dispose())
beforeEach(() => {
  Object.assign(running.engine, { answers: ['one two three'], failure: null, millisecondsPerToken: 0 })
})

type Ask = (facts: { token?: string; model?: string; text?: string }) => Promise<unknown>
const asks: Record<'openai' | 'anthropic' | 'ollama', Ask> = {
  openai: async ({ token, model: named = model, text = 'a' }) => await running.openai(token).chat.completions.create({ model: named, messages: [{ role: 'user', content: text }] }),
  anthropic: async ({ token, model: named = model, text = 'a' }) => await running.anthropic(token).messages.create({ model: named, max_tokens: 9, messages: [{ role: 'user', content: text }] }),
  ollama: async ({ token, model: named = model, text = 'a' }) => await running.ollama(token).chat({ model: named, messages: [{ role: 'user', content: text }] }),
}
const failing = async (ask: Promise<unknown>): Promise<unknown> => await ask.then(() => 'no error', (error: unknown) => error)

interface Case {
  name: string
  facts: () => Parameters<Ask>[0]
  before?: () => void
  openai: [new (...parts: never[]) => Error, object]
  anthropic: [new (...parts: never[]) => Error, object]
  ollama: number
}
const overflow = Array.from({ length: 2000 }, () => 'word').join(' ')
const cases: Case[] = [
  { name: 'a token that nobody has', facts: () => ({ token: 'cortex-nothing' }), openai: [OpenAI.AuthenticationError, { code: 'invalid_api_key' }], anthropic: [Anthropic.AuthenticationError, { type: 'authentication_error' }], ollama: 401 },
  { name: 'a client past its end', facts: () => ({ token: running.addClient({ expiresAt: new Date(0) }).token }), openai: [OpenAI.AuthenticationError, {}], anthropic: [Anthropic.AuthenticationError, {}], ollama: 401 },
  { name: 'a scope that the client lacks', facts: () => ({ token: running.addClient({ scopes: ['models'] }).token }), openai: [OpenAI.PermissionDeniedError, { type: 'permission_error' }], anthropic: [Anthropic.PermissionDeniedError, { type: 'permission_error' }], ollama: 403 },
  { name: 'a model that the client lacks', facts: () => ({ token: running.addClient({ models: ['other'] }).token }), openai: [OpenAI.PermissionDeniedError, { param: 'model' }], anthropic: [Anthropic.PermissionDeniedError, {}], ollama: 403 },
  { name: 'a model that is not there', facts: () => ({ model: 'gpt-5' }), openai: [OpenAI.NotFoundError, { code: 'model_not_found', param: 'model', message: expect.stringContaining('“gpt-5”') }], anthropic: [Anthropic.NotFoundError, { type: 'not_found_error' }], ollama: 404 },
  { name: 'a model that does not load', facts: () => ({ model: 'other' }), openai: [OpenAI.InternalServerError, { status: 503, code: 'overloaded' }], anthropic: [Anthropic.OverloadedError, { status: 529, type: 'overloaded_error' }], ollama: 503 },
  { name: 'a prompt that does not fit', facts: () => ({ text: overflow }), openai: [OpenAI.BadRequestError, { code: 'context_length_exceeded' }], anthropic: [Anthropic.BadRequestError, { type: 'invalid_request_error', message: expect.stringContaining('prompt is too long') }], ollama: 400 },
  { name: 'a body that is too large', facts: () => ({ text: 'x'.repeat(17 * 1024 * 1024) }), openai: [OpenAI.APIError, { status: 413 }], anthropic: [Anthropic.ContentTooLargeError, { type: 'request_too_large' }], ollama: 413 },
  {
    name: 'a process that ends',
    facts: () => ({}),
    before: () => (running.engine.failure = { afterTokens: 0, error: new AppError('WORKER_CRASHED', { worker: 'inference', reason: 'SIGSEGV' }) }),
    openai: [OpenAI.InternalServerError, { status: 503 }], anthropic: [Anthropic.OverloadedError, {}], ollama: 503,
  },
  {
    name: 'a schema that cannot be held to',
    facts: () => ({}),
    before: () => (running.engine.failure = { afterTokens: 0, error: new AppError('SCHEMA_UNSUPPORTED', { reason: 'It has a pattern.' }) }),
    openai: [OpenAI.BadRequestError, { param: 'response_format' }], anthropic: [Anthropic.BadRequestError, {}], ollama: 400,
  },
  {
    name: 'a fault that nobody foresaw',
    facts: () => ({}),
    before: () => (running.engine.failure = { afterTokens: 0, error: new Error('canary-in-a-fault') }),
    openai: [OpenAI.InternalServerError, { status: 500, type: 'server_error' }], anthropic: [Anthropic.InternalServerError, { type: 'api_error' }], ollama: 500,
  },
]

describe.each(cases)('$name', ({ facts, before, ...expected }) => {
  test.each(['openai', 'anthropic'] as const)("is the %s client's own error", async name => {
    before?.()
    const error = await failing(asks[name](facts()))
    expect(error).toBeInstanceOf(expected[name][0])
    expect(error).toMatchObject(expected[name][1])
    expect((error as Error).message).not.toContain('canary')
  })

  test("is the ollama client's own error", async () => {
    before?.()
    expect(await failing(asks.ollama(facts()))).toMatchObject({ name: 'ResponseError', status_code: expected.ollama })
  })
})

test.each([
  ['no token', {}, 'No token was sent. Put the token of a client into a header: Authorization: Bearer'],
  ['another scheme', { authorization: 'Basic abc' }, 'No token was sent.'],
  ['an empty key', { 'x-api-key': '' }, 'No token was sent.'],
  ['a wrong token', { authorization: 'Bearer cortex-nothing' }, 'This token is not known, or it was revoked or has ended.'],
  ['what cannot be a token', { authorization: 'Bearer sk.mistyped' }, 'This token is not known'],
  ['a wrong key', { 'x-api-key': 'cortex-nothing' }, 'This token is not known, or it was revoked or has ended.'],
] as const)('%s is told from other faults of a token, in each shape', async (_name, headers, words) => {
  const ask = async (path: string) => {
    const answer = await fetch(running.origin + path, { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(401)
    return await answer.json()
  }
  expect(await ask('/v1/chat/completions')).toMatchObject({ error: { code: 'invalid_api_key', message: expect.stringContaining(words) } })
  expect(await ask('/v1/messages')).toMatchObject({ type: 'error', error: { type: 'authentication_error', message: expect.stringContaining(words) } })
  expect(await ask('/api/chat')).toMatchObject({ error: expect.stringContaining(words) })
})

describe('a role that no model has', () => {
  const how = (role: string): unknown => expect.stringMatching(new RegExp(`^No model has the role “${role}”.*cortex models role ${role} MODEL .*name a model`))

  test.each([
    ['/v1/embeddings', 'embedding', { input: 'a' }],
    ['/v1/rerank', 'rerank', { query: 'a', documents: ['b'] }],
    ['/api/embed', 'embedding', { input: 'a' }],
    ['/api/embeddings', 'embedding', { prompt: 'a' }],
  ])('is told over %s, and is no reason to try again', async (path, role, rest) => {
    const answer = await running.post(path, { model: 'default', ...rest })
    expect(answer.status).toBe(404)
    expect(answer.headers.get('retry-after')).toBeNull()
    expect(await answer.json()).toMatchObject({ error: path.startsWith('/api/') ? how(role) : { type: 'invalid_request_error', code: 'model_not_found', param: 'model', message: how(role) } })
  })

  test('raises the own error of each client, until it is given to one', async () => {
    const made = async () => await running.openai().embeddings.create({ model: 'default', input: 'a', encoding_format: 'float' })
    expect(await failing(made())).toBeInstanceOf(OpenAI.NotFoundError)
    expect(await failing(running.ollama().embed({ model: 'default', input: 'a' }))).toMatchObject({ name: 'ResponseError', status_code: 404 })
    running.roles.embedding = fakeModel
    expect((await made()).data).toHaveLength(1)
    running.roles.embedding = null
  })

  test('leaves chat and completion with what they say where nothing can be loaded', async () => {
    const { model: loaded } = running.engine
    running.engine.model = null
    expect(await failing(asks.openai({ model: 'default' }))).toMatchObject({ status: 503, code: 'overloaded', message: expect.stringContaining('No model is loaded.') })
    expect(await failing(asks.anthropic({ model: 'default' }))).toMatchObject({ status: 529 })
    expect((await running.post('/v1/completions', { model: 'default', prompt: 'a' })).status).toBe(503)
    running.engine.model = loaded
  })
})

describe('limits', () => {
  test.each(['openai', 'anthropic', 'ollama'] as const)('of a token are told to the %s client with when to come back', async name => {
    const { token } = running.addClient({ requestsPerMinute: 1 })
    await asks[name]({ token })
    const error = await failing(asks[name]({ token })) as { status?: number; status_code?: number; headers?: Headers }
    expect(error.status ?? error.status_code).toBe(429)
    if (name !== 'ollama') {
      expect(error).toBeInstanceOf(name === 'openai' ? OpenAI.RateLimitError : Anthropic.RateLimitError)
      expect(Number(error.headers!.get('retry-after'))).toBeGreaterThan(50)
    }
  })

  test('count tokens too', async () => {
    const { token } = running.addClient({ tokensPerMinute: 5 })
    await asks.openai({ token })
    expect(await failing(asks.openai({ token }))).toMatchObject({ status: 429, code: 'rate_limit_exceeded', message: expect.stringContaining('tokens a minute') })
  })

  test('of the queue are told so', async () => {
    running.engine.answers = ['word '.repeat(2000)]
    running.engine.millisecondsPerToken = 50
    const leave = new AbortController()
    const first = running.openai().chat.completions.create({ model, messages: user }, { signal: leave.signal }).catch(() => null)
    await expect.poll(() => running.engine.running).toBe(1)
    const error = await failing(asks.openai({})) as { headers: Headers }
    expect(error).toBeInstanceOf(OpenAI.RateLimitError)
    expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(0)
    leave.abort()
    await first
    await expect.poll(() => running.engine.running).toBe(0)
  })
})

describe('an error in the middle of a stream', () => {
  const crash = (): void => void (running.engine.failure = { afterTokens: 2, error: new AppError('WORKER_CRASHED', { worker: 'inference', reason: 'SIGSEGV' }) })

  test('reaches each client after what came before it', async () => {
    let text = ''
    crash()
    const openai = await failing((async () => {
      for await (const chunk of await running.openai().chat.completions.create({ model, messages: user, stream: true })) text += chunk.choices[0]?.delta.content ?? ''
    })())
    expect(openai).toBeInstanceOf(OpenAI.APIError)
    crash()
    const anthropic = await failing((async () => {
      for await (const event of await running.anthropic().messages.create({ model, max_tokens: 9, messages: user, stream: true })) if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
    })())
    expect(anthropic).toBeInstanceOf(Anthropic.APIError)
    expect(anthropic).toMatchObject({ type: 'overloaded_error' })
    crash()
    const ollama = await failing((async () => {
      for await (const part of await running.ollama().chat({ model, messages: user, stream: true })) text += part.message.content
    })())
    expect(ollama).toMatchObject({ message: expect.stringContaining('process') })
    expect(text).toBe('one twoone twoone two')
  })

  test('of a response comes as its own event', async () => {
    crash()
    const types = []
    for await (const event of await running.openai().responses.create({ model, input: 'a', stream: true })) types.push(event.type)
    expect(types.at(-1)).toBe('response.failed')
  })
})

test('a server that is off, or locked, says so to each client and does nothing', async () => {
  await running.service.turnOff()
  expect(await failing(asks.openai({}))).toMatchObject({ status: 404, message: expect.stringContaining('cortex server on') })
  expect(await failing(asks.anthropic({}))).toBeInstanceOf(Anthropic.NotFoundError)
  expect(await failing(asks.ollama({}))).toMatchObject({ status_code: 404 })
  await running.service.turnOn()
  await asks.openai({})
  expect(running.audit.kinds().filter(kind => kind === 'server.on' || kind === 'server.off')).toEqual(['server.off', 'server.on'])
})

describe('bodies that are not what is meant', () => {
  const posts = modelApiPaths.filter(path => !['/v1/models', '/v1/models/{id}', '/api/version', '/api/tags', '/api/ps'].includes(path))
  const managed = /^\/api\/(pull|push|create|copy|delete)$/
  const shapeOf = (path: string, body: unknown): boolean => {
    const { error, type } = body as { error?: unknown; type?: unknown }
    if (path.startsWith('/api/')) return typeof error === 'string' && error !== ''
    const inner = error as { message?: unknown; type?: unknown } | undefined
    return typeof inner?.message === 'string' && typeof inner.type === 'string' && (!path.startsWith('/v1/messages') || type === 'error')
  }

  test.each(posts)('%s answers broken ones in its own shape', async path => {
    for (const body of ['', '{', '[]', 'null', '"text"', '42', '{"model":5}', '{"model":"fake-model","messages":{"a":1},"input":{},"prompt":{},"query":5}', '\u0000', '{"__proto__":{"model":"x"}}', `{"a":${'['.repeat(100_000)}`, `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`]) {
      const answer = await running.post(path, body)
      // All of what this one wants is a name.
      if (path === '/api/show' && body.includes('fake-model')) continue
      expect(managed.test(path) ? [400, 403] : [400], body.slice(0, 40)).toContain(answer.status)
      expect(answer.headers.get('content-type')).toBe('application/json')
      expect(shapeOf(path, await answer.json()), body.slice(0, 40)).toBe(true)
    }
  })

  test.each(posts.filter(path => !managed.test(path)))('%s outlives any JSON', { timeout: 60_000 }, async path => {
    const keys = ['model', 'messages', 'input', 'prompt', 'tools', 'tool_choice', 'stop', 'options', 'system', 'max_tokens', 'response_format', 'format', 'stream', 'query', 'documents', 'role', 'content', 'type', 'text', 'suffix', 'temperature', 'logit_bias', 'think', 'images']
    const json = fc.letrec(tie => ({
      value: fc.oneof({ depthSize: 'small' }, fc.constantFrom(model, 'user', 'text', 'function', '', 'a'), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
      object: fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 6 }),
    }))
    await fc.assert(
      fc.asyncProperty(json.object, async body => {
        const answer = await running.post(path, { model, ...(body as object) })
        const text = await answer.text()
        expect(answer.status, text).toBeLessThan(500)
        if (!answer.ok) expect(shapeOf(path, JSON.parse(text)), text).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('are told by what is missing, in each shape', async () => {
    const ask = async (path: string, body: object): Promise<unknown> => await (await running.post(path, body)).json()
    expect(await ask('/v1/chat/completions', { model })).toMatchObject({ error: { type: 'invalid_request_error', param: 'messages', message: 'messages: expected a list, but it is missing.' } })
    expect(await ask('/v1/messages', { model, max_tokens: 1 })).toMatchObject({ error: { type: 'invalid_request_error', message: 'messages: expected a list, but it is missing.' } })
    expect(await ask('/api/chat', { messages: [] })).toEqual({ error: 'model: expected a text, but it is missing.' })
  })

  test('with fields that nobody knows are answered all the same', async () => {
    const answer = await running.post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'a', cache: 1 }], user: 'x', metadata: { a: 'b' }, service_tier: 'auto', anything: { deep: [1] }, stop: null, tools: null, temperature: null })
    expect(answer.status).toBe(200)
  })

  test('of other encodings, methods and paths are refused', async () => {
    expect((await running.post('/v1/chat/completions', '{}', { 'content-encoding': 'gzip' })).status).toBe(400)
    const ask = async (method: string, path: string) => await fetch(running.origin + path, { method, headers: { authorization: `Bearer ${running.token}` } })
    expect((await ask('GET', '/v1/chat/completions')).status).toBe(405)
    expect((await ask('POST', '/v1/models')).status).toBe(405)
    expect((await ask('GET', '/v1/nothing')).status).toBe(404)
    expect((await ask('GET', '/v1/constructor')).status).toBe(404)
    expect((await ask('GET', '/v1/models/%E0%A4%A')).status).toBe(404)
  })
})

test('what was asked stands in no log: counts and a hash do', async () => {
  await asks.openai({ text: 'canary-prompt-4711' })
  await running.post('/v1/chat/completions', '{"model":"canary-broken-4711"')
  const entry = running.audit.events.findLast(({ kind }) => kind === 'prompt.server')
  expect(entry).toMatchObject({ actor: 'server', outcome: 'done', subject: 'fake-model', details: { client: 'main', endpoint: '/v1/chat/completions', promptTokens: 5, tokens: 3, hash: expect.stringContaining('digest of') } })
  expect(JSON.stringify([running.audit.events, running.log.written])).not.toMatch(/canary|one two/)
})
