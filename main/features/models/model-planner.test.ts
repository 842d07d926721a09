import { join, resolve } from 'node:path'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { makeModel } from '../../../tests/support/make-model.ts'
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
