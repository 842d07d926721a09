import { createRouterClient } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeContextGate } from '../../platform/labels/fake-context-gate.ts'
import { FakeEngine } from '../models/fake-engine.ts'
import { completionRouter } from './completion-router.ts'
import { CompletionService } from './completion-service.ts'

const request = { prefix: 'const a = ', suffix: '\n', scope: 'auto' as const, maxTokens: 16 }

describe('CompletionService', () => {
  it('asks the model with the scope that fits and cuts the answer to what follows', async () => {
    const engine = new FakeEngine()
    engine.fills = ['add(1, 2))']
    const service = new CompletionService(engine, new FakeContextGate(), new FakeAudit())
    expect(await service.complete({ ...request, prefix: 'print(', suffix: ')\n' })).toMatchObject({ text: 'add(1, 2)', scope: 'line', stopReason: 'end-of-scope' })
    expect(engine.filled[0]).toMatchObject({ scope: 'line', maxTokens: 16 })
    await service.complete({ ...request, prefix: 'function f() {\n  ', suffix: '\n}\n' })
    expect(engine.filled[1]?.scope).toBe('block')
    await service.complete({ ...request, scope: 'block' })
    expect(engine.filled[2]?.scope).toBe('block')
  })

  it('suggests nothing where the model only repeats itself', async () => {
    const engine = new FakeEngine()
    engine.fills = ['Z'.repeat(100)]
    expect(await new CompletionService(engine, new FakeContextGate(), new FakeAudit()).complete(request)).toMatchObject({ text: '' })
  })

  it('answers an older request of the same caller with nothing, and leaves other callers alone', async () => {
    const engine = new FakeEngine()
    engine.millisecondsPerToken = 50
    const service = new CompletionService(engine, new FakeContextGate(), new FakeAudit())
    const older = service.complete({ ...request, caller: 'editor-1' })
    const other = service.complete({ ...request, caller: 'editor-2' })
    const newer = service.complete({ ...request, caller: 'editor-1' })
    expect((await older).text).toBe('')
    expect((await newer).text).toBe('completed()')
    expect((await other).text).toBe('completed()')
  })

  it('throws the reason of its own signal and the errors of the engine', async () => {
    const engine = new FakeEngine()
    engine.millisecondsPerToken = 50
    const service = new CompletionService(engine, new FakeContextGate(), new FakeAudit())
    const abort = new AbortController()
    const aborted = service.complete({ ...request, caller: 'editor' }, abort.signal)
    abort.abort(new Error('gone'))
    await expect(aborted).rejects.toThrow('gone')
    engine.model = null
    await expect(service.complete(request)).rejects.toEqual(new AppError('MODEL_NOT_LOADED', {}))
  })

  it('records each request that the model answered, by counts and a hash', async () => {
    const audit = new FakeAudit()
    await new CompletionService(new FakeEngine(), new FakeContextGate(), audit).complete(request)
    expect(audit.events).toMatchObject([{ kind: 'prompt.completion', actor: 'completion', details: { hash: 'digest of 10 characters' } }])
    expect(JSON.stringify(audit.events)).not.toContain('const a')
    audit.fault = new AppError('STORAGE_FULL', { path: '/db' })
    expect(await new CompletionService(new FakeEngine(), new FakeContextGate(), audit).complete(request)).toMatchObject({ text: 'completed()' })
  })

  it('is served', async () => {
    const client = createRouterClient(completionRouter(new CompletionService(new FakeEngine(), new FakeContextGate(), new FakeAudit())))
    expect(await client.complete({ prefix: 'a', suffix: '' })).toMatchObject({ text: 'completed()' })
  })
})

describe('labels of completions', () => {
  const file = { workspaceId: 'w', folder: null, path: '.env' }

  it('refuse text of a secret file before the model sees it, and tell it once', async () => {
    const engine = new FakeEngine()
    const gate = new FakeContextGate()
    gate.secret.add('.env')
    const service = new CompletionService(engine, gate, new FakeAudit())
    for (let turn = 0; turn < 3; turn++) await expect(service.complete({ ...request, file })).rejects.toMatchObject({ code: 'CONTEXT_REFUSED', data: { path: '.env', label: 'secret' } })
    expect(engine.filled).toEqual([])
    expect(gate.asked.map(one => one.isRecorded)).toEqual([true, false, false])
    gate.secret.clear()
    expect(await service.complete({ ...request, file })).toMatchObject({ label: 'internal', text: 'completed()' })
    gate.secret.add('.env')
    await expect(service.complete({ ...request, file })).rejects.toMatchObject({ code: 'CONTEXT_REFUSED' })
    expect(gate.asked.at(-1)?.isRecorded).toBe(true)
  })

  it('leave text of the caller alone', async () => {
    const gate = new FakeContextGate()
    expect(await new CompletionService(new FakeEngine(), gate, new FakeAudit()).complete(request)).toMatchObject({ label: 'internal' })
    expect(gate.asked).toEqual([])
  })
})
