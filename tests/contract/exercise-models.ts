import { cpSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import type { Client } from '../../main/shared/contract/index.ts'
import { startRangePeer } from '../support/range-peer.ts'
import { starterPath } from '../support/starter.ts'
import { fails, until } from './exercise-calls.ts'

export async function exerciseHardware({ hardware }: Client): Promise<void> {
  const found = await hardware.get()
  expect(found.backends.find(({ backend }) => backend === 'cpu')?.isUsable).toBe(true)
  expect((await until(await hardware.watch(), event => event.hardware.isComplete)).hardware.memory.totalBytes).toBe(found.memory.totalBytes)
  expect((await hardware.measure()).bytesPerSecond).toBeGreaterThan(0)
}

export async function exerciseLibrary({ library, models }: Client, folder: string): Promise<void> {
  const [item] = await library.catalogue()
  if (!item) throw new Error('The catalogue is empty')
  expect(item.files.map(({ quantization }) => quantization)).toEqual(item.entry.files.map(({ quantization }) => quantization))
  expect((await until(await library.watch(), () => true)).catalogue).toHaveLength((await library.catalogue()).length)
  expect((await library.fit({ entryId: item.entry.id, quantization: item.entry.files[0]!.quantization })).freeBytes).toBeGreaterThan(0)
  await fails(library.fit({ entryId: 'nothing', quantization: 'Q4' }), 'CATALOGUE_ENTRY_NOT_FOUND')
  const published = { entryId: item.entry.id, quantization: item.entry.files[0]!.quantization }
  expect(await library.compare({ models: [{ modelId: 'starter' }, published] })).toMatchObject([{ modelId: 'starter', quantization: 'Q8_0', fit: { verdict: 'cpu' } }, { entryId: item.entry.id, benchmark: null }])
  await fails(library.compare({ models: [published, { modelId: 'nobody' }] }), 'MODEL_NOT_FOUND')
  await fails(library.compare({ models: [published] }), 'BAD_REQUEST')
  expect(await library.details({ path: starterPath })).toMatchObject({ architecture: 'llama', layers: 8 })
  await fails(library.details({}), 'BAD_REQUEST')
  expect((await library.tensors({ path: starterPath, limit: 3 })).tensors).toHaveLength(3)

  const disk = join(folder, 'disk')
  cpSync(starterPath, join(disk, 'copy.gguf'))
  const found = await until(await library.scan({ folder: disk }), event => event.type === 'found')
  if (found.type !== 'found') throw new Error('Nothing was found')
  expect(found.model).toMatchObject({ name: 'copy.gguf', source: 'added', modelId: null })
  expect((await library.add({ paths: [found.model.path] })).added).toHaveLength(1)
  expect((await library.addFolder({ path: disk })).added).toHaveLength(1)

  const stick = join(folder, 'stick')
  const packed = await until(await library.pack({ modelIds: [(await library.add({ paths: [found.model.path] })).added[0]!.id], folder: stick }), event => event.type === 'pack-end')
  expect(packed).toMatchObject({ models: 1 })
  await library.removeFolder({ path: disk })
  const end = await until(await library.unpack({ folder: stick }), event => event.type === 'unpack-end')
  if (end.type !== 'unpack-end') throw new Error('It did not end')
  expect(await library.deleteFiles({ modelId: end.added[0]!.id })).toEqual({ freedBytes: end.added[0]!.sizeBytes })

  const bytes = readFileSync(starterPath)
  const { uploadId, partBytes } = await library.beginUpload({ name: 'dropped.gguf', sizeBytes: bytes.length })
  for (let offset = 0; offset < bytes.length; offset += partBytes) await library.uploadPart({ uploadId, offset, base64: bytes.subarray(offset, offset + partBytes).toString('base64') })
  await library.deleteFiles({ modelId: (await library.endUpload({ uploadId })).id })
  await fails(library.uploadPart({ uploadId, offset: 0, base64: '' }), 'UPLOAD_NOT_FOUND')
  await library.cancelUpload(await library.beginUpload({ name: 'dropped.gguf', sizeBytes: 100 }))
  expect((await models.list()).every(({ path }) => path !== found.model.path)).toBe(true)
}

export async function exerciseDownloads({ downloads, egress, library }: Client): Promise<void> {
  const bytes = readFileSync(starterPath)
  const peer = await startRangePeer()
  try {
    peer.files.set('/starter.gguf', { content: { sizeBytes: bytes.length, slice: (start, end) => bytes.subarray(start, end) }, etag: '"a"' })
    const target = { kind: 'address' as const, url: peer.url('/starter.gguf') }
    await fails(downloads.start(target), 'DOWNLOAD_NEEDS_GRANT')
    await fails(downloads.repository({ repository: 'owner/name' }), 'DOWNLOAD_NEEDS_GRANT')
    expect((await downloads.plan(target)).hosts).toMatchObject([{ port: peer.port, decision: 'refused' }])
    const grant = await egress.grant({ host: `127.0.0.1:${peer.port}`, feature: 'models', isLocal: true })
    const { id } = await downloads.start(target)
    const done = await until(await downloads.watch(), event => (event.type === 'snapshot' ? event.downloads : event.type === 'download-changed' ? [event.download] : []).some(one => one.id === id && one.status === 'done'))
    expect(done).toBeDefined()
    const [download] = await downloads.list()
    expect(download).toMatchObject({ id, error: null, doneBytes: bytes.length, files: [{ name: basename(target.url), hashSource: 'first-download' }] })
    await downloads.pause({ id })
    await downloads.resume({ id })
    await until(await downloads.watch(), event => (event.type === 'snapshot' ? event.downloads : event.type === 'download-changed' ? [event.download] : []).some(one => one.id === id && one.status === 'done'))
    await downloads.cancel({ id })
    await library.deleteFiles({ modelId: download!.modelId! })
    await downloads.remove({ id })
    await fails(downloads.pause({ id }), 'DOWNLOAD_NOT_FOUND')
    await egress.revoke({ id: grant.id })
  } finally {
    await peer.close()
  }
}

export async function exerciseServer({ modelServer }: Client): Promise<void> {
  expect((await modelServer.turnOn()).isOn).toBe(true)
  expect(await modelServer.status()).toMatchObject({ isOn: true, isLocked: false, baseUrls: { openai: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1$/) } })
  const { client, token } = await modelServer.createClient({ name: 'exercise', scopes: ['chat'], models: ['some-model'], requestsPerMinute: 5, expiresAt: new Date('2099-01-01') })
  expect(token).toMatch(/^cortex-/)
  await fails(modelServer.createClient({ name: 'exercise' }), 'SERVER_CLIENT_EXISTS')
  await fails(modelServer.createClient({ name: '' }), 'BAD_REQUEST')
  expect(await modelServer.listClients()).toMatchObject([{ id: client.id, name: 'exercise', models: ['some-model'], tokensPerMinute: null, isExpired: false, createdAt: expect.any(Date) }])
  expect((await until(await modelServer.watch(), event => event.type === 'snapshot')).type).toBe('snapshot')
  await modelServer.revokeClient({ id: client.id })
  await fails(modelServer.revokeClient({ id: client.id }), 'SERVER_CLIENT_NOT_FOUND')
  expect((await modelServer.turnOff()).baseUrls).toBeNull()
}

async function exerciseResidency(models: Client['models'], id: string): Promise<void> {
  expect(await models.plan({ id, options: { contextTokens: 512 } })).toMatchObject({ contextTokens: 512, fits: true })
  await models.pin({ id, isPinned: true })
  await until(await models.watch(), event => event.type === 'snapshot' && event.residents.some(resident => resident.modelId === id && resident.isPinned))
  await models.pin({ id, isPinned: false })
  expect((await models.setRole({ role: 'completion', id })).completion).toBe(id)
  await fails(models.setRole({ role: 'embedding', id }), 'MODEL_CANNOT_EMBED')
  expect((await models.configure({ id, options: { kvCacheType: 'f16' } })).kvCacheType).toBe('f16')
  expect(await models.options({ id })).toMatchObject({ kvCacheType: 'f16', speculation: 'auto', drafts: [] })
  await fails(models.options({ id: 'nobody' }), 'MODEL_NOT_FOUND')
  const preset = await models.savePreset({ name: 'Mine', temperature: 0.5, sampling: { topK: 20 } })
  expect((await models.presets()).some(other => other.id === preset.id)).toBe(true)
  await models.removePreset({ id: preset.id })
  await fails(models.removePreset({ id: 'exact' }), 'PRESET_NOT_FOUND')
  await until(await models.benchmark({ id, promptTokens: 32, tokens: 8, rounds: 1 }), event => event.type === 'benchmark-end' && (event.tokensPerSecond ?? 0) > 0)
  expect((await models.benchmarks())[0]).toMatchObject({ modelId: id, rounds: 1, tokens: 8, measuredAt: expect.any(Date), kvCacheType: 'f16' })
}

export async function exerciseModel({ models, completion, chat }: Client, workspaceId: string): Promise<void> {
  await fails(models.add({ path: '/nowhere.gguf' }), 'FILE_NOT_FOUND')
  const starter = (await models.list()).find(model => model.isStarter)
  if (!starter) throw new Error('The starter model is not listed')
  expect((await models.add({ path: starterPath })).canChat).toBe(true)
  expect((await models.load({ id: starter.id })).status).toBe('ready')
  await until(await models.watch(), event => event.type === 'snapshot' && event.engine.status === 'ready')
  await fails(models.remove({ id: 'nobody' }), 'MODEL_NOT_FOUND')
  await exerciseResidency(models, starter.id)
  expect((await completion.complete({ prefix: 'function add(a, b) {\n  return a ', suffix: '\n}\n', maxTokens: 8 })).tokens).toBeGreaterThanOrEqual(0)

  const conversation = await chat.create({ workspaceId })
  const one = { workspaceId, conversationId: conversation.id }
  expect((await chat.measure({ ...one, prompt: 'Hello', attachments: [] })).promptTokens).toBeGreaterThan(0)
  await chat.keepDraft({ ...one, text: 'not sent' })
  await chat.keepDraft({ workspaceId, conversationId: null, text: 'Write a function.' })
  await fails(chat.keepDraft({ workspaceId, conversationId: 'nobody', text: 'x' }), 'CONVERSATION_NOT_FOUND')
  await fails(chat.keepDraft({ ...one, text: 'x'.repeat(2_000_001) }), 'BAD_REQUEST')
  expect((await chat.drafts({ workspaceId })).map(draft => draft.text)).toEqual(['Write a function.', 'not sent'])
  // Without the tokens that end it, the answer is not over before the next one is asked for.
  const endless = await models.savePreset({ name: 'Endless', temperature: 0, sampling: { logitBias: { 2: -100, 8: -100 } } })
  await models.configure({ id: starter.id, options: { preset: endless.id } })
  const { answerId, budget: sent } = await chat.send({ ...one, prompt: 'Write a function.' })
  await fails(chat.send({ ...one, prompt: 'Too soon.' }), 'CONVERSATION_BUSY')
  await chat.stop(one)
  const kept = await until(await chat.watch(one), event => event.type === 'snapshot' && event.messages.some(message => message.id === answerId && message.status !== 'streaming'))
  const of = kept.type === 'snapshot' ? kept.messages.find(message => message.id === answerId)?.budget : undefined
  expect(of?.totalTokens).toBe(sent.totalTokens)
  expect(sent.systemTokens + sent.filesTokens + sent.historyTokens + sent.promptTokens).toBe(sent.totalTokens)
  const retried = await chat.retry(one)
  expect(retried.budget.totalTokens).toBeGreaterThan(0)
  await chat.stop(one)
  await models.removePreset({ id: endless.id })
  expect((await chat.rename({ ...one, title: 'Functions' })).title).toBe('Functions')
  await until(await chat.watchList({ workspaceId }), event => event.conversations.some(other => other.title === 'Functions'))
  expect(await chat.drafts({ workspaceId })).toEqual([{ conversationId: conversation.id, text: 'not sent' }])
  await chat.delete(one)
  expect(await chat.drafts({ workspaceId })).toEqual([])
  await fails(chat.watch(one).then(async stream => await stream.next()), 'CONVERSATION_NOT_FOUND')
  let tokens = 0
  for await (const event of await chat.ask({ prompt: 'Count.', maxTokens: 4, temperature: 0, seed: 1 })) if (event.type === 'ask-end') ({ tokens } = event)
  expect(tokens).toBeGreaterThan(0)
  await models.unload()
}
