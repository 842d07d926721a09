import { implement } from '@orpc/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { EngineState, Model } from '#shared/contract/models.ts'
import { AppError, type ErrorCode } from '#shared/errors.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { inference, type GenerateEvent, type LoadRequest, type PromptRead } from '../../../native/inference/contract.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { unconfined } from '../../platform/workers/confinement.ts'
import { FakeLauncher } from '../../platform/workers/fake-launcher.ts'
import { SupervisedWorker } from '../../platform/workers/supervised-worker.ts'
import type { EngineSettings } from './engine-dependencies.ts'
import { EngineService } from './engine-service.ts'
import { SpeculationOutcomes } from './engine-speculation.ts'
import { EngineThreads } from './engine-threads.ts'

const model = (id: string): Model => ({ id, name: `Model ${id}`, path: `/models/${id}.gguf`, sizeBytes: 1, architecture: 'llama', parameters: 1, quantization: 'Q8_0', contextLength: 64, canChat: true, canFill: true, canEmbed: false, canRerank: false, use: 'generate', source: 'added', isStarter: false })
const facts = { contextTokens: 64, threads: 2, device: 'cpu', gpuLayers: 0, canChat: true, canFill: true, fillMode: 'tokens' as const, canEmbed: false, canRerank: false, dimensions: null, sequences: 1, measuredThreads: { 1: 90, 2: 100 } }
const end: GenerateEvent = { type: 'generate-end', stopReason: 'end-of-text', promptTokens: 10, reusedTokens: 0, tokens: 100, tokensPerSecond: 80, firstTokenMilliseconds: 1, milliseconds: 2 }
const question = { turns: [{ role: 'user' as const, text: 'hi' }], maxTokens: 8, temperature: 0, seed: null, ignoreEndOfText: false }

const engines: EngineService[] = []
afterEach(() => engines.splice(0).forEach(engine => engine.dispose()))

function start({ settings = {} }: { settings?: Partial<EngineSettings> } = {}) {
  const script = { loads: [] as LoadRequest[], loadError: null as AppError | null, loadGate: null as Promise<void> | null, end, answerGate: null as Promise<void> | null, readGate: null as Promise<void> | null, read: null as PromptRead | null }
  const router = () => {
    const os = implement(inference).use(mapErrors)
    return os.router({
      load: os.load.handler(async function* ({ input, signal }) {
        script.loads.push(input)
        yield { type: 'load-progress' as const, ratio: 0.5 }
        await script.loadGate
        signal?.throwIfAborted()
        if (script.loadError) throw script.loadError
        yield { type: 'load-end' as const, model: facts }
      }),
      countTokens: os.countTokens.handler(({ input }) => input.texts.map(text => text.length)),
      countChatTokens: os.countChatTokens.handler(({ input }) => input.turns.length),
      generate: os.generate.handler(async function* () {
        if (script.read) yield script.read
        await script.readGate
        yield { type: 'text-delta' as const, text: 'a', tokens: 1 }
        await script.answerGate
        yield script.end
      }),
      complete: os.complete.handler(() => ({ text: 'x', tokens: 1, promptTokens: 1, milliseconds: 1, stopReason: 'end-of-scope' as const, speed: { tokensPerSecond: 30, prefillTokensPerSecond: 200 } })),
      embed: os.embed.handler(({ input }) => input.texts.map(text => ({ vector: [1], tokens: text.length }))),
      rerank: os.rerank.handler(({ input }) => ({ scores: input.documents.map(() => 0), tokens: 0 })),
      warmUp: os.warmUp.handler(() => ({ readTokens: 0 })),
      measureSpeculation: os.measureSpeculation.handler(() => null),
      saveState: os.saveState.handler(() => ({ tokens: 0 })),
      restoreState: os.restoreState.handler(() => ({ tokens: 0 })),
      unload: os.unload.handler(() => undefined),
    })
  }
  const log = new FakeLog()
  const launcher = new FakeLauncher({ inference: router })
  const worker = new SupervisedWorker<typeof inference>({ launcher, clock: systemClock, log, spec: { name: 'inference', entry: 'inference', env: {}, confinement: unconfined } })
  const choose = vi.fn(async () => model('chosen'))
  const storage = openFakeStorage()
  const audit = new FakeAudit()
  const all: EngineSettings = { 'model.contextTokens': 0, 'model.threads': 0, 'model.device': 'auto', ...settings }
  const engine = new EngineService({ worker, settings: async () => all, chooseModel: choose, threads: new EngineThreads(storage), outcomes: new SpeculationOutcomes(storage), audit, log })
  engines.push(engine)
  const states: EngineState[] = []
  engine.onChange(state => states.push(state))
  return { engine, script, launcher, choose, states, audit, log }
}

const code = (promise: Promise<unknown>): Promise<ErrorCode | null> =>
  promise.then(
    () => null,
    (error: unknown) => (error instanceof AppError ? error.code : null),
  )
const drain = async (stream: AsyncIterable<GenerateEvent>) => {
  const events: GenerateEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

describe('EngineService', () => {
  it('loads the chosen model at the first question and answers it', async () => {
    const { engine, states, script } = start()
    const events = await drain(engine.generate(question))
    expect(events.at(-1)).toEqual(end)
    expect(states.map(state => state.status)).toEqual(['loading', 'loading', 'loading', 'ready'])
    expect(script.loads).toMatchObject([{ modelId: 'chosen', path: '/models/chosen.gguf', contextTokens: null, device: 'auto', threads: null }])
    expect(await engine.ready()).toEqual({ id: 'chosen', name: 'Model chosen', contextTokens: 64, canChat: true, canFill: true, canEmbed: false, canRerank: false, destination: 'local' })
    expect(await engine.countTokens(['abc'])).toEqual([3])
    expect(await engine.countChatTokens(question.turns)).toBe(1)
    expect(await engine.complete({ prefix: '', suffix: '', scope: 'line', maxTokens: 1 })).toMatchObject({ text: 'x' })
  })

  it('measures threads once for a model, and again when answers come far slower', async () => {
    const { engine, script } = start()
    await engine.load(model('a'))
    await engine.load(model('a'))
    expect(script.loads.map(load => load.threads)).toEqual([null, 2])
    script.end = { ...end, tokensPerSecond: 20 }
    await drain(engine.generate(question))
    await engine.load(model('a'))
    expect(script.loads.at(-1)?.threads).toBeNull()
  })

  it('takes context and threads from the settings', async () => {
    const { engine, script } = start({ settings: { 'model.contextTokens': 2048, 'model.threads': 3, 'model.device': 'cpu' } })
    await engine.load(model('a'))
    expect(script.loads[0]).toMatchObject({ contextTokens: 2048, threads: 3, device: 'cpu' })
  })

  it('tells why a load failed, refuses questions until another is loaded, and throws to who asked', async () => {
    const { engine, script } = start()
    script.loadError = new AppError('MODEL_FILE_INVALID', { path: '/models/a.gguf', reason: 'It is not a GGUF file.' })
    expect(await code(engine.load(model('a')))).toBe('MODEL_FILE_INVALID')
    expect(engine.state).toEqual({ status: 'failed', modelId: 'a', error: { code: 'MODEL_FILE_INVALID', data: { path: '/models/a.gguf', reason: 'It is not a GGUF file.' } } })
    expect(await code(engine.ready())).toBe('MODEL_NOT_LOADED')
    script.loadError = null
    await engine.load(model('b'))
    expect((await engine.ready()).id).toBe('b')
  })

  it('tells why no model could be chosen', async () => {
    const { engine, choose } = start()
    choose.mockRejectedValue(new AppError('FILE_NOT_FOUND', { path: '/gone.gguf' }))
    expect(await code(engine.ready())).toBe('MODEL_NOT_LOADED')
    expect(engine.state).toMatchObject({ status: 'failed', error: { code: 'FILE_NOT_FOUND' } })
    choose.mockRejectedValue(new TypeError('a bug'))
    await engine.unload()
    expect(await code(engine.ready())).toBe('MODEL_NOT_LOADED')
    expect(engine.state).toMatchObject({ status: 'failed', error: { code: 'MODEL_LOAD_FAILED' } })
  })

  it('lets the last load win', async () => {
    const { engine, script } = start()
    const gate = Promise.withResolvers<void>()
    script.loadGate = gate.promise
    const first = code(engine.load(model('a')))
    const second = engine.load(model('b'))
    gate.resolve()
    expect(await first).toBe('MODEL_LOAD_FAILED')
    expect(await second).toMatchObject({ status: 'ready', modelId: 'b' })
  })

  it('ends an answer with WORKER_CRASHED when the process dies, loads the model again and answers the next question', async () => {
    const { engine, script, launcher, states } = start()
    await engine.load(model('a'))
    script.answerGate = new Promise(() => undefined)
    const answer = code(drain(engine.generate(question)))
    await vi.waitFor(() => expect(engine.activity.now.task).toBe('chat'), { timeout: 20_000 })
    launcher.last.crash({ code: null, signal: 'SIGSEGV' })
    expect(await answer).toBe('WORKER_CRASHED')
    expect(engine.state).toEqual({ status: 'restarting', modelId: 'a', reason: 'signal SIGSEGV' })
    script.answerGate = null
    expect((await drain(engine.generate(question))).at(-1)).toEqual(end)
    expect(script.loads.map(load => load.modelId)).toEqual(['a', 'a'])
    expect(states.at(-1)?.status).toBe('ready')
    expect(engine.activity.now.task).toBe('idle')
  })

  it('does not load a model again that kills the process while it loads', async () => {
    const { engine, script, launcher } = start()
    script.loadGate = new Promise(() => undefined)
    const loading = code(engine.load(model('a')))
    await vi.waitFor(() => expect(script.loads).toHaveLength(1), { timeout: 20_000 })
    launcher.last.crash()
    expect(await loading).toBe('WORKER_CRASHED')
    expect(engine.state).toMatchObject({ status: 'failed', error: { code: 'WORKER_CRASHED' } })
    expect(await code(engine.ready())).toBe('WORKER_CRASHED')
  })

  it('gives up after too many crashes and starts again when a person loads a model', async () => {
    const { engine, launcher } = start()
    await engine.load(model('a'))
    for (const status of ['restarting', 'restarting', 'failed']) {
      await vi.waitFor(() => expect(engine.state.status).toBe('ready'), { timeout: 5000 })
      launcher.last.crash()
      expect(engine.state.status).toBe(status)
    }
    expect(engine.state).toMatchObject({ error: { code: 'WORKER_UNAVAILABLE', data: { crashes: 3 } } })
    expect(await code(engine.ready())).toBe('WORKER_UNAVAILABLE')
    expect(await engine.load(model('a'))).toMatchObject({ status: 'ready' })
  })

  it('stops waiting when the caller gives up', async () => {
    const { engine, script } = start()
    script.loadGate = new Promise(() => undefined)
    const abort = new AbortController()
    const waiting = engine.ready(abort.signal)
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(engine.countTokens(['a'], abort.signal)).rejects.toThrow('enough')
  })

  it('frees the model and loads the chosen one at the next question', async () => {
    const { engine, script } = start()
    await engine.load(model('a'))
    await engine.unload()
    expect(engine.state).toEqual({ status: 'empty' })
    expect(engine.model).toBeNull()
    await engine.ready()
    expect(script.loads.map(load => load.modelId)).toEqual(['a', 'chosen'])
  })

  it('tells how fast a prompt is read while it is, and keeps that to itself', async () => {
    const { engine, script } = start()
    const gate = Promise.withResolvers<void>()
    Object.assign(script, { read: { type: 'prompt-read', readTokens: 300, milliseconds: 600 }, readGate: gate.promise, end: { ...end, promptTokens: 900 } })
    const answer = drain(engine.generate(question))
    await vi.waitFor(() => expect(engine.activity.now).toMatchObject({ task: 'chat', prefillTokensPerSecond: 500, tokensPerSecond: null }), { timeout: 20_000 })
    gate.resolve()
    expect((await answer).map(event => event.type)).toEqual(['text-delta', 'generate-end'])
    // The time to the first token is also that of waiting.
    expect(engine.activity.now).toMatchObject({ task: 'idle', prefillTokensPerSecond: 500, tokensPerSecond: 80 })
  })

  it('tells how fast it completes, embeds and ranks', async () => {
    const { engine } = start()
    await engine.complete({ prefix: '', suffix: '', scope: 'line', maxTokens: 1 })
    expect(engine.activity.now).toMatchObject({ tokensPerSecond: 30, prefillTokensPerSecond: 200 })
    await engine.embed(['abc', 'defgh'])
    const { textsPerSecond, prefillTokensPerSecond } = engine.activity.now
    expect(textsPerSecond).toBeGreaterThan(0)
    expect(prefillTokensPerSecond! / textsPerSecond!).toBeCloseTo(4)
    await engine.rerank('a', ['b', 'c', 'd'])
    expect(engine.activity.now.textsPerSecond).not.toBe(textsPerSecond)
  })

  it('tells what it does, at most four times a second', async () => {
    const { engine } = start()
    const told: string[] = []
    engine.onActivity(activity => told.push(activity.task))
    await drain(engine.generate(question, undefined, { isConversation: true }))
    await vi.waitFor(() => expect(told.length).toBeGreaterThan(0), { timeout: 20_000 })
    expect(engine.activity.now).toEqual({ task: 'idle', tokensPerSecond: 80, prefillTokensPerSecond: 10_000, contextUsedTokens: 110, queued: 0 })
  })
})
