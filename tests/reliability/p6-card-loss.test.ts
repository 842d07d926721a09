import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { implement } from '@orpc/server'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { ChatMessage } from '#shared/contract/chat.ts'
import type { Backend } from '#shared/contract/hardware.ts'
import type { Client } from '#shared/contract/index.ts'
import type { Model, Resident } from '#shared/contract/models.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { FakeLauncher } from '../../main/platform/workers/fake-launcher.ts'
import { hardware, type Look } from '../../native/hardware/contract.ts'
import { cardScript, cardWorker } from '../support/card-worker.ts'
import { makeModel } from '../support/make-model.ts'
import { connect } from '../support/socket-client.ts'
import { startTestApp, type TestApp } from '../support/test-host.ts'

// P6: a graphics card that comes and goes. The app is whole; drivers and the processes of models are fakes, since this must run where there is no card.
const script = { ...cardScript(), hasCard: false }
const no = (backend: Backend): Look => ({ state: { backend, isUsable: backend === 'cpu', reason: backend === 'cpu' ? null : 'no-driver', detail: backend === 'cpu' ? null : 'Its driver is missing.' }, gpu: null, systemInfo: '' })
const cuda: Look = { state: { backend: 'cuda', isUsable: true, reason: null, detail: null }, gpu: { backend: 'cuda', names: ['A card'], totalBytes: 8e9, freeBytes: 7.5e9, unifiedBytes: 0 }, systemInfo: '' }
const launcher: FakeLauncher = new FakeLauncher({
  inference: () => cardWorker(script),
  hardware: () => {
    const os = implement(hardware).use(mapErrors)
    return os.router({ look: os.look.handler(({ input }) => (input.backend === 'cuda' && script.hasCard ? cuda : no(input.backend))), bandwidth: os.bandwidth.handler(() => ({ bytesPerSecond: 1e10, threads: 1 })) })
  },
})

let test: TestApp
let client: Client
let close: () => void
let chat: Model
let fill: Model
const controller = new AbortController()

beforeAll(async () => {
  test = await startTestApp({ 'model.loadAtStart': false, 'model.warmUp': false }, { entries: ['inference', 'hardware'], launcher })
  ;({ client, close } = await connect(test.http))
  const folder = test.makeFolder('models')
  const add = async (name: string): Promise<Model> => {
    await makeModel({ path: join(folder, name), vocabularySize: 300, contextLength: 4096 })
    return client.models.add({ path: join(folder, name) })
  }
  chat = await add('chat.gguf')
  fill = await add('fill.gguf')
})
afterAll(async () => {
  controller.abort()
  // The streams say goodbye over the socket.
  await sleep(50)
  close?.()
  await test?.dispose()
})

const resident = async ({ id }: Model): Promise<Resident | undefined> => {
  for await (const event of await client.models.watch()) if (event.type === 'snapshot') return event.residents.find(one => one.modelId === id)
  return undefined
}
const cards = async () => (await client.hardware.get()).gpus.map(({ names }) => names.join())
const complete = async () => (await client.completion.complete({ prefix: 'a = ', suffix: ';', maxTokens: 4 })).text

it('P6: a driver that is missing at first, a card that is lost in the middle of an answer, and one that comes back', async () => {
  // No driver: the model runs on the processor.
  await client.models.load({ id: fill.id, roles: ['completion'] })
  expect(await client.models.load({ id: chat.id })).toMatchObject({ status: 'ready', device: 'cpu', gpuLayers: 0 })
  expect(await cards()).toEqual([])

  // Somebody installs it, and has Cortex look at the machine.
  script.hasCard = true
  expect((await client.doctor.check()).find(({ name }) => name === 'Graphics by CUDA')).toMatchObject({ status: 'ok', found: expect.stringContaining('A card') })
  expect(await cards()).toEqual(['A card'])
  await client.models.unload({ id: chat.id })
  expect(await client.models.load({ id: chat.id })).toMatchObject({ status: 'ready', device: 'cuda' })
  expect((await resident(chat))?.plan).toMatchObject({ fits: true, freeGpuBytes: expect.any(Number) })
  expect((await resident(chat))!.plan!.gpuBytes).toBeGreaterThan(0)

  // The card goes while the model answers.
  const workspaceId = (await client.workspaces.open({ path: test.makeFolder('workspace') })).id
  const { id: conversationId } = await client.chat.create({ workspaceId })
  let messages: ChatMessage[] = []
  void (async () => {
    for await (const event of await client.chat.watch({ workspaceId, conversationId }, { signal: controller.signal })) {
      if (event.type === 'snapshot') messages = event.messages
      else if (event.type === 'message-added') messages = [...messages, event.message]
      else if (event.type === 'message-changed') messages = messages.map(message => (message.id === event.message.id ? event.message : message))
      else if (event.type === 'text-delta') messages = messages.map(message => (message.id === event.messageId ? { ...message, text: message.text + event.text } : message))
    }
  })().catch(() => undefined)
  script.isHeld = true
  const { answerId } = await client.chat.send({ workspaceId, conversationId, prompt: 'a long one', attachments: [] })
  const answer = () => messages.find(message => message.id === answerId)
  await vi.waitFor(() => expect(answer()?.text).toContain('first words'), { timeout: 20_000 })
  script.hasCard = false
  script.isHeld = false
  const name = (await resident(chat))!.process
  launcher.processes.findLast(process => process.spec.name === name)!.crash({ code: null, signal: 'SIGABRT' })
  await vi.waitFor(() => expect(answer()?.status).toBe('failed'), { timeout: 20_000 })
  expect(answer()).toMatchObject({ text: expect.stringContaining('first words'), error: { code: 'MODEL_CARD_FAILED', data: { device: 'cuda', reason: 'its process ended: signal SIGABRT' } } })
  expect(await complete()).toBe(fill.id)

  // It is loaded again without the card, and says so; the next question is answered.
  await vi.waitFor(async () => expect(await resident(chat)).toMatchObject({ status: 'ready', facts: { device: 'cpu', gpuLayers: 0 } }), { timeout: 20_000 })
  expect((await resident(chat))?.reason).toContain('signal SIGABRT) while it used the graphics card, and the card was not found when it was looked at again: it runs on the processor now')
  expect(await cards()).toEqual([])
  const next = await client.chat.send({ workspaceId, conversationId, prompt: 'again', attachments: [] })
  await vi.waitFor(() => expect(messages.find(({ id }) => id === next.answerId)?.status).toBe('complete'), { timeout: 20_000 })

  // It comes back: the next load finds it.
  script.hasCard = true
  expect(await client.models.load({ id: chat.id })).toMatchObject({ status: 'ready', device: 'cuda' })
  expect((await resident(chat))?.reason).toBeNull()
  expect(await cards()).toEqual(['A card'])
}, 120_000)
