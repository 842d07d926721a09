import { describe, expect, it } from 'vitest'
import type { Model } from '#shared/contract/models.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { named, ServedModels } from './served-models.ts'

const model = (id: string, name: string, quantization = 'Q4_K_M'): Model => ({ id, name, quantization, path: `/m/${id}.gguf`, sizeBytes: 1, architecture: 'llama', parameters: 1, contextLength: 100, canChat: true, canFill: false, canEmbed: false, canRerank: false, use: 'generate', source: 'added', isStarter: false })

describe('names of models', () => {
  it('can be typed, and tell models apart by quantization and then by id', () => {
    const names = named([model('1', 'SmolLM2 135M Instruct'), model('2', 'Qwen 2.5/Coder:7B', 'Q4_0'), model('3', 'qwen 2.5 coder 7b', 'Q8_0'), model('id-aaaaaa', 'Same'), model('id-bbbbbb', 'Same'), model('5', '模型')])
    expect([...names.keys()]).toEqual(['smollm2-135m-instruct', 'qwen-2.5-coder-7b-q4_0', 'qwen-2.5-coder-7b-q8_0', 'same-q4_k_m-aaaaaa', 'same-q4_k_m-bbbbbb', 'model'])
  })

  it('never give one name to two, nor leave one without', () => {
    const models = [model('same', 'A'), model('xsame', 'A'), model('a-q4_k_m', 'a q4_k_m'), model('4', 'A', '4')]
    expect([...named(models).values()]).toHaveLength(4)
  })
})

describe('ServedModels', () => {
  it('finds a model by name, id or title, and one that was added a moment ago', async () => {
    const list = [model('file-1', 'SmolLM2 135M')]
    let asked = 0
    const models = new ServedModels({ list: async () => (asked++, list), loadedIds: () => ['file-1'], modifiedAt: async () => Promise.reject(new Error('gone')), clock: new FakeClock() })
    for (const name of ['smollm2-135m', 'SmolLM2-135M:latest', 'file-1', 'smollm2 135m']) expect(await models.find(name)).toEqual({ name: 'smollm2-135m', id: 'file-1' })
    expect(asked).toBe(1)
    await expect(models.find('later')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', data: { id: 'later' } })
    list.push(model('file-2', 'Later'))
    expect(await models.find('later')).toEqual({ name: 'later', id: 'file-2' })
    expect(await models.get('later')).toMatchObject({ title: 'Later', isLoaded: false, modifiedAt: null, canEmbed: false })
    expect(await models.nameOf('file-1')).toBe('smollm2-135m')
    await expect(models.get('never')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  })
})
