import Anthropic from '@anthropic-ai/sdk'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { ModelServerService } from '../../main/features/model-server/model-server-service.ts'
import type { NewClient } from '../../main/features/model-server/server-clients.ts'
import type { Engines } from '../../main/features/models/engine.ts'
import { FakeEngine } from '../../main/features/models/fake-engine.ts'
import { FakeAudit } from '../../main/platform/audit/fake-audit.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { Listeners } from '../../main/platform/live/listeners.ts'
import { openFakeStorage } from '../../main/platform/storage/fake-storage.ts'
import { startHttpHost } from '../../main/transport/http-host.ts'
import { AppError } from '../../main/shared/errors.ts'
import type { Model } from '../../main/shared/contract/models.ts'
import { root } from './test-host.ts'
import { join } from 'node:path'

export const fakeModel: Model = { id: 'fake', name: 'Fake Model', path: '/models/fake.gguf', sizeBytes: 1_000_000, architecture: 'llama', parameters: 135_000_000, quantization: 'Q4_1', contextLength: 1024, canChat: true, canFill: true, canEmbed: true, canRerank: false, use: 'generate', source: 'added', isStarter: false }
/** Another, of which a client may be kept. */
export const otherModel: Model = { ...fakeModel, id: 'other', name: 'Other', path: '/models/other.gguf' }

export const allScopes: NewClient['scopes'] = ['chat', 'completions', 'embeddings', 'rerank', 'models']

export type ModelServer = Awaited<ReturnType<typeof startModelServer>>

/** The model server with a fake engine, served over HTTP as the application serves it. */
export async function startModelServer(asked: { settings?: Record<string, number | boolean> } = {}) {
  const engine = new FakeEngine()
  const audit = new FakeAudit()
  const log = new FakeLog()
  const listeners = new Listeners<void>()
  const values = { 'server.enabled': true, 'server.parallel': 4, 'server.queue': 256, 'chat.temperature': 0.2, ...asked.settings }
  const settings = {
    values: async () => ({ ...values }),
    set: async (_scope: unknown, key: string, value: unknown) => void Object.assign(values, { [key]: value }),
    onChange: (listener: () => void) => listeners.add(listener),
  }
  const roles: Record<'embedding' | 'rerank', Model | null> = { embedding: null, rerank: null }
  const engines: Engines = {
    forRole: () => engine,
    // As without settings of a person: only the roles that fall back on another model have one.
    modelFor: async role => (role === 'embedding' || role === 'rerank' ? roles[role] : fakeModel),
    forModel: async id => {
      if (id !== fakeModel.id) throw new AppError('MODEL_LOAD_FAILED', { id, reason: 'a test' })
      return engine
    },
  }
  const storage = openFakeStorage()
  const service = new ModelServerService({ engines, models: { list: async () => [fakeModel, otherModel], loadedIds: () => [fakeModel.id], modifiedAt: async () => new Date('2026-01-02T03:04:05Z') }, settings, storage, audit, clock: systemClock, log })
  await service.start()
  const http = await startHttpHost({ router: {}, modelServer: service, log, clock: systemClock, version: '0.0.0', port: 0, rendererFolder: join(root, 'tests', 'fixtures', 'page') })
  let clients = 0
  const addClient = (facts: Partial<NewClient> = {}) => service.createClient({ name: `client ${clients++}`, scopes: allScopes, models: 'all', requestsPerMinute: null, tokensPerMinute: null, expiresAt: null, ...facts })
  const origin = `http://127.0.0.1:${http.port}`
  const token = addClient({ name: 'main' }).token
  return {
    engine, roles, audit, log, service, http, origin, token, addClient, storage,
    openai: (apiKey = token) => new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 0 }),
    anthropic: (apiKey = token) => new Anthropic({ apiKey, baseURL: origin, maxRetries: 0, authToken: null }),
    ollama: (apiKey = token) => new Ollama({ host: origin, headers: { Authorization: `Bearer ${apiKey}` } }),
    post: async (path: string, body: unknown, headers: Record<string, string> = {}) =>
      await fetch(origin + path, { method: 'POST', headers: { authorization: `Bearer ${token}`, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    dispose: async () => {
      await http.close()
      service.dispose()
      storage.close()
    },
  }
}
