import { describe, expect, it } from 'vitest'
import type { ServerEvent } from '#shared/contract/model-server.ts'
import type { Model, ModelRole } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { Caller } from '#shared/served-model.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { FakeEngine } from '../models/fake-engine.ts'
import { ModelServerService, type ModelCall } from './model-server-service.ts'
import type { NewClient } from './server-clients.ts'

const models = ['fake', 'second'].map(id => ({ id, name: `Model ${id}`, quantization: 'Q4', path: `/m/${id}.gguf`, sizeBytes: 1, architecture: 'llama', parameters: 1, contextLength: 100, canChat: true, canFill: true, canEmbed: false, canRerank: false, use: 'generate' as const, source: 'added' as const, isStarter: false }))
const everything: NewClient = { name: 'editor', scopes: ['chat', 'completions', 'embeddings', 'rerank', 'models'], models: 'all', requestsPerMinute: null, tokensPerMinute: null, expiresAt: null }
const request = { turns: [{ role: 'user' as const, text: 'a question' }], maxTokens: 50, temperature: 0, seed: null, ignoreEndOfText: false }

async function setUp(isOn = true) {
  const clock = new FakeClock()
  const audit = new FakeAudit()
  const engine = new FakeEngine()
  const listeners = new Listeners<void>()
  /** What the roles were given to. */
  const roles: Partial<Record<ModelRole, Model | null>> = {}
  const values = { 'server.enabled': isOn, 'server.parallel': 1, 'server.queue': 0, 'chat.temperature': 0.2 }
  const settings = {
    values: async () => ({ ...values }),
    set: async (_scope: unknown, key: string, value: unknown) => {
      Object.assign(values, { [key]: value })
      listeners.tell()
    },
    onChange: (listener: () => void) => listeners.add(listener),
  }
  const service = new ModelServerService({
    engines: { forRole: () => engine, modelFor: async role => (role in roles ? (roles[role] ?? null) : (models.find(({ id }) => id === engine.modelId) ?? Promise.reject(new AppError('MODEL_NOT_LOADED', {})))), forModel: async () => engine },
    models: { list: async () => models, loadedIds: () => [], modifiedAt: async () => null },
    settings, storage: openFakeStorage(clock), audit, clock, log: new FakeLog(),
  })
  await service.start()
  const client = (facts: Partial<NewClient> = {}): Caller => service.identify(service.createClient({ ...everything, ...facts }).token, '')!
  const call = (caller: Caller, facts: Partial<ModelCall> = {}): ModelCall => ({ caller, endpoint: '/v1/chat/completions', scope: 'chat', role: 'chat', model: 'model-fake', prompt: 'a question', signal: new AbortController().signal, ...facts })
  const ask = async (its: ModelCall): Promise<string> => await service.serve(its, async turn => {
    let text = ''
    for await (const event of turn.generate(request)) if (event.type === 'text-delta') text += event.text
    return text
  })
  return { clock, audit, engine, roles, service, settings, client, call, ask }
}

describe('ModelServerService', () => {
  it('is off until it is turned on, opens a port for it, and tells where it answers', async () => {
    const { service, audit, client, call, ask } = await setUp(false)
    const caller = client()
    await expect(ask(call(caller))).rejects.toMatchObject({ code: 'SERVER_OFF' })
    expect(service.state).toEqual({ isOn: false, isLocked: false, port: null, baseUrls: null })
    service.useOpener(async () => service.listensOn(4711))
    expect(await service.turnOn()).toEqual({ isOn: true, isLocked: false, port: 4711, baseUrls: { openai: 'http://127.0.0.1:4711/v1', anthropic: 'http://127.0.0.1:4711', ollama: 'http://127.0.0.1:4711' } })
    expect(await ask(call(caller))).toBe('A short answer.')
    expect((await service.turnOff()).baseUrls).toBeNull()
    expect(audit.kinds().filter(kind => kind === 'server.on' || kind === 'server.off')).toEqual(['server.on', 'server.off'])
    service.dispose()
  })

  it('follows the settings file', async () => {
    const { service, settings } = await setUp(false)
    const states: boolean[] = []
    service.onChange(({ isOn }) => states.push(isOn))
    await settings.set({}, 'server.enabled', true)
    await expect.poll(() => service.isOn).toBe(true)
    expect(states).toEqual([true])
    service.dispose()
  })

  it('tells what runs, waits and was used, and never a word of it', async () => {
    const { service, client, call, engine } = await setUp()
    const events: ServerEvent[] = []
    const watching = (async () => {
      for await (const event of service.watch()) {
        events.push(event)
        if (event.type === 'activity-changed' && event.activity.totals.length > 0 && event.activity.running.length === 0) break
      }
    })()
    await expect.poll(() => events.length).toBe(1)
    const caller = client()
    engine.millisecondsPerToken = 200
    await service.serve(call(caller), async turn => {
      for await (const _ of turn.generate(request)) void _
    })
    await watching
    expect(events[0]).toMatchObject({ type: 'snapshot', state: { isOn: true }, clients: [], activity: { running: [], waiting: 0, totals: [] } })
    expect(events.some(event => event.type === 'clients-changed' && event.clients.length === 1)).toBe(true)
    const running = events.flatMap(event => (event.type === 'activity-changed' ? event.activity.running : []))
    expect(running[0]).toMatchObject({ clientName: 'editor', endpoint: '/v1/chat/completions', model: 'model-fake' })
    expect(events.at(-1)).toMatchObject({ activity: { totals: [{ clientId: caller.id, requests: 1, refused: 0, failed: 0, promptTokens: 6, answerTokens: 3 }] } })
    expect(JSON.stringify(events)).not.toMatch(/question|answer\./)
    service.dispose()
  })

  it('keeps a client to its scopes, models and limits, and writes a refusal once a minute', async () => {
    const { service, audit, clock, client, call, ask } = await setUp()
    const caller = client({ scopes: ['chat', 'models'], models: ['second'], requestsPerMinute: 3 })
    await expect(ask(call(caller, { scope: 'embeddings' }))).rejects.toMatchObject({ code: 'SERVER_SCOPE_MISSING', data: { scope: 'embeddings' } })
    expect((await service.list(caller, '/v1/models')).map(({ name }) => name)).toEqual(['model-second'])
    await expect(service.describe(caller, '/v1/models/{id}', 'fake')).rejects.toMatchObject({ code: 'SERVER_MODEL_REFUSED' })
    await expect(ask(call(caller))).rejects.toMatchObject({ code: 'SERVER_MODEL_REFUSED', data: { id: 'model-fake' } })
    for (let count = 0; count < 5; count++) await expect(ask(call(caller, { model: 'second' }))).rejects.toMatchObject({ code: 'SERVER_RATE_LIMITED', data: { of: 'requests', limit: 3 } })
    const limited = () => audit.events.filter(({ kind, details }) => kind === 'server.refuse' && details?.['reason'] === 'SERVER_RATE_LIMITED')
    expect(limited()).toHaveLength(1)
    clock.advance(60_000)
    for (let count = 0; count < 3; count++) await service.list(caller, '/v1/models')
    await expect(service.list(caller, '/v1/models')).rejects.toMatchObject({ code: 'SERVER_RATE_LIMITED' })
    expect(limited()[1]!.details).toMatchObject({ before: 4 })
    service.dispose()
  })

  it('writes down that somebody tries tokens, once a minute', async () => {
    const { service, audit } = await setUp()
    for (let count = 0; count < 5; count++) expect(service.identify(`cortex-guess-${count}`, '/v1/models')).toBeNull()
    expect(service.identify(undefined, '/v1/models')).toBeNull()
    expect(audit.events.filter(({ kind }) => kind === 'server.refuse')).toEqual([{ kind: 'server.refuse', actor: 'server', outcome: 'refused', subject: 'unknown', details: { endpoint: '/v1/models', reason: 'token-unknown' } }])
  })

  it('holds the default model against the models of a client too', async () => {
    const { client, call, ask } = await setUp()
    await expect(ask(call(client({ models: ['second'] }), { model: 'default' }))).rejects.toMatchObject({ code: 'SERVER_MODEL_REFUSED' })
    expect(await ask(call(client({ name: 'other', models: ['fake'] }), { model: 'default' }))).toBe('A short answer.')
  })

  it('tells that a role has no model, and not that none is loaded', async () => {
    const { roles, engine, audit, client, call, ask } = await setUp()
    Object.assign(roles, { embedding: null, rerank: null })
    const caller = client()
    for (const role of ['embedding', 'rerank'] as const) for (const model of ['default', 'default:latest']) await expect(ask(call(caller, { role, model }))).rejects.toMatchObject({ code: 'SERVER_ROLE_EMPTY', data: { role } })
    expect(audit.events.at(-1)).toMatchObject({ kind: 'prompt.server', outcome: 'failed', details: { error: 'SERVER_ROLE_EMPTY', tokens: 0 } })
    expect(await ask(call(caller, { model: 'default' }))).toBe('A short answer.')
    engine.model = null
    for (const role of ['chat', 'completion'] as const) await expect(ask(call(caller, { role, model: 'default' }))).rejects.toMatchObject({ code: 'MODEL_NOT_LOADED' })
  })

  it('describes the model that the default stands for, where the client may use it', async () => {
    const { roles, service, engine, client } = await setUp()
    const caller = client()
    for (const asked of ['default', 'default:latest']) expect(await service.describe(caller, '/api/show', asked)).toMatchObject({ name: 'model-fake', id: 'fake' })
    expect((await service.list(caller, '/v1/models')).map(({ name }) => name)).toEqual(['model-fake', 'model-second'])
    await expect(service.describe(client({ name: 'other', models: ['second'] }), '/v1/models/{id}', 'default')).rejects.toMatchObject({ code: 'SERVER_MODEL_REFUSED', data: { id: 'model-fake' } })
    // A file that a setting names is not on the list before it was loaded.
    roles.chat = { ...models[0]!, id: 'unlisted' }
    expect(await service.describe(caller, '/api/show', 'default')).toMatchObject({ name: 'unlisted', title: 'Model fake' })
    delete roles.chat
    engine.model = null
    await expect(service.describe(caller, '/api/show', 'default')).rejects.toMatchObject({ code: 'MODEL_NOT_LOADED' })
  })

  it('tells how many calls wait for each model', async () => {
    const { service, settings, engine, client, call, ask } = await setUp()
    await settings.set({}, 'server.queue', 8)
    engine.millisecondsPerToken = 50
    const told: number[] = []
    service.onQueue(() => told.push(service.waitingFor('fake')))
    const caller = client()
    const calls = [ask(call(caller)), ask(call(caller, { model: 'fake' })), ask(call(caller)), ask(call(caller, { model: 'second' }))]
    await expect.poll(() => service.waitingFor('fake')).toBe(2)
    expect(service.waitingFor('second')).toBe(0)
    await Promise.all(calls)
    expect(service.waitingFor('fake')).toBe(0)
    expect(told).toEqual(expect.arrayContaining([1, 2, 0]))
    service.dispose()
  })

  it('has one line for a model, by whichever name it is asked for', async () => {
    const { service, engine, client, call, ask } = await setUp()
    const caller = client()
    const leave = new AbortController()
    engine.answers = ['word '.repeat(1000)]
    engine.millisecondsPerToken = 50
    const running = ask(call(caller, { signal: leave.signal }))
    await expect.poll(() => engine.running).toBe(1)
    await expect(ask(call(caller, { model: 'default' }))).rejects.toMatchObject({ code: 'SERVER_QUEUE_FULL' })
    leave.abort()
    await expect(running).rejects.toThrow()
    service.dispose()
  })

  it('counts tokens against the limit as they come, of every kind of call', async () => {
    const { service, client, call } = await setUp()
    const caller = client({ tokensPerMinute: 7 })
    await service.serve(call(caller, { scope: 'completions' }), async turn => await turn.complete({ prefix: 'one two three', suffix: 'four', scope: 'block', maxTokens: 9 }))
    await service.serve(call(caller, { scope: 'embeddings' }), async turn => await turn.embed(['one two', 'three']))
    await expect(service.serve(call(caller, { scope: 'rerank' }), async turn => await turn.rerank('a', ['b']))).rejects.toMatchObject({ code: 'SERVER_RATE_LIMITED', data: { of: 'tokens' } })
    service.dispose()
  })

  it('holds no tokens against a call that never came to the model', async () => {
    const { client, call, ask, service } = await setUp()
    const caller = client({ tokensPerMinute: 2 })
    const prompt = 'a question as long as many tokens '.repeat(10)
    await expect(ask(call(caller, { model: 'nobody', prompt }))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    expect(await ask(call(caller, { prompt }))).toBe('A short answer.')
    await expect(ask(call(caller, { prompt }))).rejects.toMatchObject({ code: 'SERVER_RATE_LIMITED', data: { of: 'tokens' } })
    service.dispose()
  })

  it('records each call with counts and a hash, and how it ended', async () => {
    const { service, audit, engine, client, call, ask } = await setUp()
    const caller = client()
    await ask(call(caller))
    engine.failure = { afterTokens: 1, error: new AppError('WORKER_CRASHED', { worker: 'inference', reason: 'SIGSEGV' }) }
    await expect(ask(call(caller))).rejects.toMatchObject({ code: 'WORKER_CRASHED' })
    const left = new AbortController()
    engine.millisecondsPerToken = 1000
    const leaving = ask(call(caller, { signal: left.signal }))
    await expect.poll(() => engine.running).toBe(1)
    left.abort()
    await expect(leaving).rejects.toMatchObject({ name: 'AbortError' })
    await expect(ask(call(caller, { model: 'nothing' }))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    const calls = audit.events.filter(({ kind }) => kind === 'prompt.server')
    expect(calls.map(({ outcome, details }) => [outcome, details?.['error'] ?? null, details?.['tokens']])).toEqual([['done', null, 3], ['failed', 'WORKER_CRASHED', 1], ['done', 'caller-left', 0], ['failed', 'MODEL_NOT_FOUND', 0]])
    expect(calls[0]).toMatchObject({ actor: 'server', subject: 'model-fake', details: { client: 'editor', endpoint: '/v1/chat/completions', hash: 'digest of 10 characters', promptTokens: 6 } })
    expect(JSON.stringify(audit.events)).not.toContain('question')
    service.dispose()
  })
})
