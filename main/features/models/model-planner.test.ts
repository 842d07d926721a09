import { join, resolve } from 'node:path'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import type { Model } from '#shared/contract/models.ts'
import { isAppError, type AppError } from '#shared/errors.ts'
import { makeModel, type MadeModel } from '../../../tests/support/make-model.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { ModelList } from './model-list.ts'
import { noOptions } from './model-options.ts'
import { ModelPlanner, type PlanSettings } from './model-planner.ts'

const resources = resolve(import.meta.dirname, '../../../resources')
const folder = mkdtempSync(join(tmpdir(), 'cortex-planner-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const settings: PlanSettings = { 'model.contextTokens': 0, 'model.threads': 0, 'model.device': 'auto', 'model.sequences': 1 }
const memory = { freeBytes: 8e9, freeGpuBytes: null }
const list = new ModelList({ storage: openFakeStorage(), resources })

describe('ModelPlanner', () => {
  it('knows the starter by its header: weights as large as its file, a cache of two heads of 64', async () => {
    const starter = await list.get('starter')
    const plan = await new ModelPlanner().plan({ model: starter, options: noOptions, settings, memory, draft: null })
    expect(plan).toMatchObject({ contextTokens: 1024, layers: 9, fits: true, threads: null })
    expect(plan.weightsBytes).toBeLessThan(starter.sizeBytes)
    expect(plan.weightsBytes).toBeGreaterThan(starter.sizeBytes * 0.9)
    expect(plan.cacheBytes).toBe(8 * 2 * (64 + 64) * 2 * 1024 * 2)
  })

  it('follows settings and options, the options first', async () => {
    const starter = await list.get('starter')
    const planner = new ModelPlanner()
    expect(await planner.plan({ model: starter, options: noOptions, settings: { ...settings, 'model.contextTokens': 512, 'model.threads': 2, 'model.sequences': 3 }, memory, draft: null })).toMatchObject({ contextTokens: 512, threads: 2, sequences: 3 })
    expect(await planner.plan({ model: starter, options: { ...noOptions, contextTokens: 256, sequences: 2, threads: 1, kvCacheType: 'q8_0', batchTokens: 64 }, settings: { ...settings, 'model.contextTokens': 512 }, memory, draft: starter })).toMatchObject({
      contextTokens: 256, threads: 1, sequences: 2, kvCacheType: 'q8_0', batchTokens: 64,
    })
    expect(await planner.plan({ model: starter, options: noOptions, settings: { ...settings, 'model.device': 'cpu' }, memory: { freeBytes: 8e9, freeGpuBytes: 8e9 }, draft: null })).toMatchObject({ gpuLayers: 0, freeGpuBytes: null })
  })

  it('says what is wrong with a file, and with an adapter that is not there', async () => {
    const starter = await list.get('starter')
    const planner = new ModelPlanner()
    await expect(planner.plan({ model: { ...starter, path: '/gone.gguf' }, options: noOptions, settings, memory, draft: null })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    await expect(planner.plan({ model: { ...starter, path: import.meta.filename }, options: noOptions, settings, memory, draft: null })).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' })
    await expect(planner.plan({ model: starter, options: { ...noOptions, loras: [{ path: '/gone.gguf', scale: 1 }] }, settings, memory, draft: null })).rejects.toMatchObject({ code: 'MODEL_OPTION_INVALID', data: { option: 'loras' } })
  })

  it('takes only a model that writes, is another and has the same vocabulary to draft', async () => {
    const planner = new ModelPlanner()
    const make = async (name: string, more: Partial<MadeModel> = {}): Promise<Model> => {
      const path = join(folder, `${name}.gguf`)
      await makeModel({ path, vocabularySize: 300, ...more, metadata: { 'general.name': { text: name }, ...more.metadata } })
      return await list.add(path)
    }
    const large = await make('Large', { layers: 3 })
    const little = await make('Little', { layers: 1 })
    const swapped = await make('Swapped', { layers: 1, specialPieces: ['<x>', '<y>'] })
    const turned = await make('Turned', { layers: 1, specialPieces: ['<y>', '<x>'] })
    const ending = await make('Ending', { layers: 1, metadata: { 'tokenizer.ggml.eos_token_id': { u32: 299 } } })
    const other = await make('Other', { layers: 1, vocabularySize: 299 })
    const gone = { ...little, id: 'gone', name: 'Gone', path: join(folder, 'gone.gguf') }
    const reason = async (draft: Model, model = large): Promise<string | null> =>
      await planner.demandDraft(model, draft).then(() => null, (error: unknown) => {
        if (!isAppError(error) || error.code !== 'MODEL_OPTION_INVALID') throw error
        expect(error.data).toMatchObject({ id: model.id, option: 'draft' })
        return (error as AppError<'MODEL_OPTION_INVALID'>).data.reason
      })
    expect(await reason(little)).toBeNull()
    expect(await reason(other)).toBe('“Other” has another vocabulary')
    expect(await reason(ending)).toBe('“Ending” has another vocabulary')
    // As many pieces, in another order.
    expect(await reason(turned, { ...swapped, parameters: 1e9 })).toBe('“Turned” has another vocabulary')
    expect(await reason(large)).toBe('A model does not draft for itself')
    expect(await reason({ ...little, use: 'embed' })).toBe('“Little” writes no text')
    expect(await reason(little, { ...large, use: 'embed' })).toBe('It writes no text, so nothing drafts for it')
    expect(await reason(gone)).toBe('The file of “Gone” is not there or cannot be read')
    expect(await planner.draftsFor(large, [large, little, ending, other, gone, { ...little, id: 'huge', parameters: 1e9 }])).toEqual([little])
  })

  it('reads a header again when its file has changed', async () => {
    const path = join(folder, 'changing.gguf')
    const starter = await list.get('starter')
    const planner = new ModelPlanner()
    const layers = async () => (await planner.plan({ model: { ...starter, path }, options: noOptions, settings, memory, draft: null })).weightsBytes
    await makeModel({ path, vocabularySize: 300 })
    const before = await layers()
    await makeModel({ path, vocabularySize: 600 })
    expect(await layers()).toBeGreaterThan(before)
  })
})
