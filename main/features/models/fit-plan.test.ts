import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelShape } from '#shared/gguf/model-shape.ts'
import { planLoad, type PlanRequest, type Wishes } from './fit-plan.ts'
import { memoryNeeds } from './memory-needs.ts'

const none: Wishes = { contextTokens: null, kvCacheType: null, sequences: null, batchTokens: null, gpuLayers: null, threads: null }
/** A 7B model of 32 blocks with 8 key-value heads of 128, about 4 GB. */
const seven: ModelShape = {
  contextLength: 32_768, blockBytes: Array.from({ length: 32 }, () => 120e6), outputBytes: 100e6, otherBytes: 80e6, cacheWidths: Array.from({ length: 32 }, () => 2048), windows: Array.from({ length: 32 }, () => null),
  stateBytes: 0, embeddingLength: 4096, feedForwardLength: 14_336, headCount: 32, vocabularySize: 32_000, hasExperts: false,
}
const plan = (freeBytes: number, wishes: Partial<Wishes> = {}, more: Partial<PlanRequest> = {}) => planLoad({ shape: seven, wishes: { ...none, ...wishes }, memory: { freeBytes, freeGpuBytes: null }, isGenerating: true, ...more })

describe('planLoad', () => {
  it('takes the usual context in full where memory allows', () => {
    const made = plan(32e9)
    expect(made).toMatchObject({ contextTokens: 8192, sequences: 1, kvCacheType: 'f16', batchTokens: 512, gpuLayers: 0, layers: 33, fits: true, reason: null })
    // 32 blocks of 2,048 numbers of two bytes, for 8,192 tokens of two sequences: an answer and a completion.
    expect(made.cacheBytes).toBe(32 * 2048 * 2 * 8192 * 2)
    expect(made.weightsBytes).toBe(32 * 120e6 + 180e6)
    expect(made.smaller).toMatchObject({ contextTokens: 8192, kvCacheType: 'q8_0', fits: true })
  })

  it('takes a smaller cache, then a smaller context, and says so', () => {
    expect(plan(6e9)).toMatchObject({ contextTokens: 8192, kvCacheType: 'q8_0', fits: true, reason: 'Memory is short: it gets a q8_0 cache instead of f16.' })
    const less = plan(4.6e9)
    expect(less.fits).toBe(true)
    expect(less.contextTokens).toBeLessThan(8192)
    expect(less.reason).toContain('tokens of context instead of 8,192')
  })

  it('refuses what was asked for with the largest that would fit', () => {
    const refused = plan(6e9, { contextTokens: 32_768, kvCacheType: 'f16' })
    expect(refused).toMatchObject({ fits: false, contextTokens: 32_768, smaller: { fits: true, contextTokens: 8192, kvCacheType: 'q8_0' } })
    expect(refused.reason).toBe('It does not fit the way it was asked for.')
  })

  it('says that a model larger than memory does not fit at all', () => {
    expect(plan(1e9)).toMatchObject({ fits: false, smaller: null, reason: 'It does not fit, whichever way it is loaded.' })
  })

  it('gives contexts that make no sense the nearest that does, in words', () => {
    expect(plan(32e9, { contextTokens: 1 })).toMatchObject({ contextTokens: 256, fits: true, reason: 'A context of 1 token holds no question: it gets 256.' })
    expect(plan(64e9, { contextTokens: 10_000_000 })).toMatchObject({ contextTokens: 32_768, fits: true, reason: 'A context of 10,000,000 tokens was asked for, and the model was trained for 32,768: it gets those.' })
  })

  it('offers nothing in place of a plan that has more context or a larger batch', () => {
    expect(plan(32e9, { contextTokens: 256 })).toMatchObject({ contextTokens: 256, kvCacheType: 'f16', fits: true, smaller: { contextTokens: 256, kvCacheType: 'q8_0', batchTokens: 512 } })
    const tightest = plan(32e9, { contextTokens: 256, kvCacheType: 'q4_0', batchTokens: 64 })
    expect(tightest).toMatchObject({ fits: true, smaller: null })
    // What killed its process with the least context is not followed by more.
    const again = plan(32e9, { contextTokens: 256 }, { belowBytes: plan(32e9, { contextTokens: 256, kvCacheType: 'q8_0' }).totalBytes })
    expect(again).toMatchObject({ contextTokens: 256, fits: true })
    expect(plan(4.8e9, { contextTokens: 1024, batchTokens: 4096 }).smaller).toMatchObject({ fits: true, batchTokens: 512 })
  })

  it('plans one sequence and a batch as long as the context for a model of vectors, which scores no vocabulary', () => {
    const words = plan(32e9, { contextTokens: 512, batchTokens: 512 })
    const vectors = plan(32e9, { contextTokens: 512 }, { isGenerating: false })
    expect(vectors).toMatchObject({ contextTokens: 512, batchTokens: 512, sequences: 1, fits: true })
    // No second sequence for completion, and of the batch only what flows through a block and what each token looks at, for twelve heads.
    expect(vectors.cacheBytes).toBe(words.cacheBytes / 2)
    expect(words.computeBytes - vectors.computeBytes).toBe(512 * 4 * (32_000 - 512 * 11))
    expect(vectors.weightsBytes).toBe(words.weightsBytes)
  })

  it('puts as many layers on the card as it holds', () => {
    const memory = { freeBytes: 32e9, freeGpuBytes: 3e9 }
    const half = plan(0, {}, { memory })
    expect(half.gpuLayers).toBeGreaterThan(0)
    expect(half.gpuLayers).toBeLessThan(33)
    expect(half.gpuBytes).toBeLessThanOrEqual(3e9)
    expect(plan(0, {}, { memory: { freeBytes: 2e9, freeGpuBytes: 24e9 } })).toMatchObject({ gpuLayers: 33, fits: true })
    expect(plan(0, { gpuLayers: 99 }, { memory: { freeBytes: 2e9, freeGpuBytes: 24e9 } }).reason).toBe('It has 33 layers: all of them go to the graphics card.')
    expect(plan(32e9, { gpuLayers: 8 })).toMatchObject({ gpuLayers: 0, fits: true, reason: 'There is no graphics card that can be used: all layers stay with the processor.' })
  })

  it('goes below what killed the process, though more was asked for', () => {
    const first = plan(32e9, { contextTokens: 16_384 })
    const second = plan(32e9, { contextTokens: 16_384 }, { belowBytes: first.totalBytes })
    expect(second.fits).toBe(true)
    expect(second.totalBytes).toBeLessThan(first.totalBytes)
    expect(second.reason).toBe('Memory is short: it gets a q8_0 cache instead of f16.')
  })

  it('counts what drafts and adapts, and no cache for a model that keeps nothing', () => {
    const with_ = plan(64e9, {}, { extras: { weightsBytes: 50e6, draft: { ...seven, blockBytes: [1e6], cacheWidths: [128] } } })
    expect(with_.weightsBytes - plan(64e9).weightsBytes).toBe(50e6 + 1e6 + 180e6)
    expect(plan(32e9, {}, { shape: { ...seven, cacheWidths: seven.cacheWidths.map(() => 0) } }).cacheBytes).toBe(0)
  })

  const wishes = fc.record({
    contextTokens: fc.option(fc.integer({ min: 1, max: 10_000_000 })), kvCacheType: fc.option(fc.constantFrom('f16' as const, 'q8_0' as const, 'q4_0' as const)), sequences: fc.option(fc.integer({ min: 1, max: 64 })),
    batchTokens: fc.option(fc.integer({ min: 32, max: 4096 })), gpuLayers: fc.option(fc.integer({ min: 0, max: 200 })), threads: fc.option(fc.integer({ min: 1, max: 64 })),
  })
  const shapes = fc.record({ blocks: fc.integer({ min: 0, max: 64 }), block: fc.integer({ min: 1, max: 2e9 }), width: fc.integer({ min: 0, max: 20_000 }), contextLength: fc.integer({ min: 1, max: 1_000_000 }), vocabularySize: fc.integer({ min: 1, max: 300_000 }) }).map(({ blocks, block, width, ...rest }) => ({
    ...seven, ...rest, blockBytes: Array.from({ length: blocks }, () => block), cacheWidths: Array.from({ length: blocks }, () => width),
  }))

  it('never plans more than there is, whatever is asked for, and its smaller plan is smaller and fits where it says so', () => {
    fc.assert(
      fc.property(shapes, wishes, fc.double({ min: 0, max: 1e12, noNaN: true }), fc.option(fc.double({ min: 0, max: 1e11, noNaN: true })), (shape, wished, freeBytes, freeGpuBytes) => {
        const made = planLoad({ shape, wishes: wished, memory: { freeBytes, freeGpuBytes }, isGenerating: true })
        if (made.fits) {
          expect(made.totalBytes - made.gpuBytes).toBeLessThanOrEqual(freeBytes)
          expect(made.gpuBytes).toBeLessThanOrEqual(freeGpuBytes ?? 0)
        } else {
          expect(made.reason).not.toBeNull()
          if (made.smaller) expect(made.smaller.fits).toBe(true)
        }
        if (made.smaller) {
          expect(made.smaller.totalBytes).toBeLessThan(made.totalBytes)
          expect(made.smaller.contextTokens).toBeLessThanOrEqual(made.contextTokens)
          expect(made.smaller.batchTokens).toBeLessThanOrEqual(made.batchTokens)
        }
        expect(made.contextTokens).toBeGreaterThanOrEqual(Math.min(256, shape.contextLength))
        expect(made.contextTokens).toBeLessThanOrEqual(shape.contextLength)
        expect(made.totalBytes).toBeCloseTo(made.weightsBytes + made.cacheBytes + made.computeBytes, 0)
      }),
      { numRuns: 300 },
    )
  })

  it('needs no less for more of anything', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 64, max: 100_000 }), fc.integer({ min: 1, max: 16 }), (shape, contextTokens, sequences) => {
        const sizes = { contextTokens, sequences, kvCacheType: 'f16' as const, batchTokens: 512, gpuLayers: 0 }
        const { totalBytes } = memoryNeeds(shape, sizes)
        expect(memoryNeeds(shape, { ...sizes, contextTokens: contextTokens * 2 }).totalBytes).toBeGreaterThanOrEqual(totalBytes)
        expect(memoryNeeds(shape, { ...sizes, sequences: sequences + 1 }).totalBytes).toBeGreaterThanOrEqual(totalBytes)
        expect(memoryNeeds(shape, { ...sizes, kvCacheType: 'q8_0' }).totalBytes).toBeLessThanOrEqual(totalBytes)
      }),
    )
  })
})
