import { describe, expect, it } from 'vitest'
import type { Model } from '#shared/contract/models.ts'
import { contextWords, deviceWords, lacks, modelDetails, weightWords } from './model-words.ts'

const model: Model = {
  id: 'a', name: 'A', path: '/a.gguf', sizeBytes: 9_012_345, architecture: 'llama', parameters: 8_391_000, quantization: 'Q8_0', contextLength: 2048, canChat: true, canFill: true, canEmbed: false, canRerank: false, use: 'generate', source: 'bundled', isStarter: true,
}

describe('words for models', () => {
  it('gives sizes, weights and contexts with their units', () => {
    expect([12_000, 999_600, 8_391_000, 134_500_000, 7_615_616_512, 70e9].map(weightWords)).toEqual(['12k', '1M', '8.4M', '135M', '7.6B', '70B'])
    expect([512, 2048, 8192, 131_072, 5000].map(contextWords)).toEqual(['512 tokens', '2k tokens', '8k tokens', '128k tokens', '4.9k tokens'])
    expect(modelDetails(model)).toBe('8.4M weights · Q8_0 · 2k tokens · 9.0 MB')
  })

  it('says where it runs and what it cannot do', () => {
    const ready = { status: 'ready', modelId: 'a', contextTokens: 2048, threads: 1, device: 'cpu', gpuLayers: 0, canChat: true, canFill: true } as const
    expect(deviceWords(ready)).toBe('Processor, 1 thread')
    expect(deviceWords({ ...ready, device: 'vulkan', gpuLayers: 28 })).toBe('Vulkan, 28 layers')
    expect([model, { ...model, canFill: false }, { ...model, canChat: false }, { canChat: false, canFill: false }].map(lacks)).toEqual(['', 'Chat only, no completion', 'Completion only, no chat', 'Neither chat nor completion'])
  })
})
