import { setTimeout as sleep } from 'node:timers/promises'
import Anthropic from '@anthropic-ai/sdk'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import type { ModelsEvent } from '#shared/contract/models.ts'
import { connect } from './socket-client.ts'
import { startTestApp } from './test-host.ts'

export type EngineApp = Awaited<ReturnType<typeof startEngineApp>>

/** The application with real processes of models, each on one thread and none at its start, and a client over its socket. */
export async function startEngineApp(settings: Record<string, unknown> = {}) {
  const test = await startTestApp({ 'model.loadAtStart': false, 'model.threads': 1, ...settings })
  const { client, close } = await connect(test.http)
  return {
    test,
    client,
    snapshot: async (): Promise<Extract<ModelsEvent, { type: 'snapshot' }>> => {
      for await (const event of await client.models.watch()) if (event.type === 'snapshot') return event
      throw new Error('The watch ended')
    },
    pidOf: async (modelId: string): Promise<number> => (await test.app.services.models.pool.find(modelId)!.worker.process())!.pid,
    dispose: async (): Promise<void> => {
      // The streams say goodbye over the socket.
      await sleep(50)
      close()
      await test.dispose()
    },
  }
}

export type ServedApp = Awaited<ReturnType<typeof startServedApp>>

/** The same with its model server on, and the official clients for it. */
export async function startServedApp(settings: Record<string, unknown> = {}) {
  const app = await startEngineApp(settings)
  await app.client.modelServer.turnOn()
  const { token } = await app.client.modelServer.createClient({ name: 'first' })
  const origin = `http://127.0.0.1:${app.test.http.port}`
  const ollama = (): Ollama => new Ollama({ host: origin, headers: { Authorization: `Bearer ${token}` } })
  return {
    ...app,
    token,
    openai: (apiKey = token): OpenAI => new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 0 }),
    anthropic: (): Anthropic => new Anthropic({ apiKey: token, authToken: null, baseURL: origin, maxRetries: 0 }),
    ollama,
    /** The name that the server lists a file of this size under. */
    nameOf: async (sizeBytes: number): Promise<string> => {
      const found = (await ollama().list()).models.find(({ size }) => size === sizeBytes)
      if (!found) throw new Error('The model is not listed')
      return found.name
    },
  }
}
