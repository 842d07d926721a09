import { describe, expect, it } from 'vitest'
import type { Model } from '#shared/contract/models.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { ServedModels } from './served-models.ts'

const model = (id: string, name: string, quantization = 'Q4_K_M'): Model => ({ id, name, quantization, path: `/m/${id}.gguf`, sizeBytes: 1, architecture: 'llama', parameters: 1, contextLength: 100, canChat: true, canFill: false, canEmbed: false, canRerank: false, use: 'generate', source: 'added', isStarter: false })

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
