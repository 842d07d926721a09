import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Gpu, Hardware, Pace } from '#shared/contract/hardware.ts'
import { paceOf } from '#shared/pace.ts'
import { cacheBytes, estimateFit, type FitFacts } from './estimate-fit.ts'

const gb = 1e9
const machine = (availableBytes: number, gpu: Partial<Gpu> | null = null): Pick<Hardware, 'memory' | 'gpus' | 'bandwidth' | 'paces'> => ({
  memory: { totalBytes: 64 * gb, availableBytes, limitBytes: null },
  gpus: gpu ? [{ backend: 'cuda', names: ['A card'], totalBytes: 24 * gb, freeBytes: 23 * gb, unifiedBytes: 0, ...gpu }] : [],
  bandwidth: { bytesPerSecond: 40 * gb, threads: 8, measuredAt: new Date(0) },
  paces: [],
})
/** Qwen2.5 Coder 7B. */
const seven: FitFacts = { sizeBytes: 4_683_073_536, shape: { layers: 28, keyValueHeads: 4, headSize: 128, window: null }, contextTokens: 32_768, parameters: 7.6e9, activeParameters: null, isGenerating: true }

describe('estimateFit', () => {
  it('puts all on the card, some of it, all in memory, or says that it is too big', () => {
    expect(estimateFit(seven, machine(32 * gb, {}))).toMatchObject({ verdict: 'gpu', gpuLayers: 28, contextTokens: 8192, tokensPerSecond: null, speedFrom: 'card-not-measured' })
    const partly = estimateFit(seven, machine(32 * gb, { freeBytes: 3 * gb }))
    expect(partly).toMatchObject({ verdict: 'partly-gpu', contextTokens: 8192, layers: 28, tokensPerSecond: null, speedFrom: 'card-not-measured' })
    expect(partly.gpuLayers).toBeGreaterThan(5)
    expect(partly.gpuLayers).toBeLessThan(28)
    const cpu = estimateFit(seven, machine(16 * gb))
    expect(cpu).toMatchObject({ verdict: 'cpu', gpuLayers: 0, contextTokens: 8192 })
    expect(cpu.tokensPerSecond).toBeCloseTo(8.5, 1)
    expect(cpu.speedFrom).toBe('memory')
    expect(estimateFit(seven, machine(2 * gb))).toMatchObject({ verdict: 'too-big', contextTokens: null })
    expect(estimateFit({ ...seven, sizeBytes: null }, machine(16 * gb)).verdict).toBe('unknown')
  })

  it('shortens the context before it gives up, and goes up to what was asked for', () => {
    const tight = estimateFit(seven, machine(5.3 * gb))
    expect(tight.verdict).toBe('cpu')
    expect(tight.contextTokens).toBeLessThan(8192)
    expect(estimateFit(seven, machine(32 * gb), 32_768).contextTokens).toBe(32_768)
    expect(estimateFit(seven, machine(32 * gb), 10_000_000).contextTokens).toBe(32_768)
    expect(estimateFit(seven, machine(32 * gb), 1).contextTokens).toBe(1)
  })

  it('counts only the weights that a token reads, and no speed for what writes nothing', () => {
    const experts = { ...seven, sizeBytes: 18 * gb, parameters: 30.5e9, activeParameters: 3.3e9 }
    expect(estimateFit(experts, machine(32 * gb)).tokensPerSecond).toBeCloseTo(40 / (18 * (3.3 / 30.5)), 1)
    expect(estimateFit({ ...seven, isGenerating: false }, machine(32 * gb)).tokensPerSecond).toBeNull()
    expect(estimateFit(seven, { ...machine(32 * gb), bandwidth: null }).tokensPerSecond).toBeNull()
    // A card that shares the machine's memory reads at its speed.
    expect(estimateFit(seven, machine(32 * gb, { totalBytes: 24 * gb, unifiedBytes: 24 * gb })).tokensPerSecond).toBeGreaterThan(8)
  })

  it('takes the speed of a card from models that wrote there, and of both places where a model is split', () => {
    const cpu: Pace = { backend: 'cpu', bytesPerSecond: 20 * gb, secondsPerLayer: 1e-3, isMeasured: true }
    const card: Pace = { backend: 'cuda', bytesPerSecond: 500 * gb, secondsPerLayer: 1e-4, isMeasured: true }
    const [bytes, layers] = [seven.sizeBytes!, 28]
    const whole = estimateFit(seven, { ...machine(32 * gb, {}), paces: [cpu, card] })
    expect(whole).toMatchObject({ verdict: 'gpu', speedFrom: 'models' })
    expect(1 / whole.tokensPerSecond!).toBeCloseTo(bytes / (500 * gb) + layers * 1e-4, 9)
    const split = estimateFit(seven, { ...machine(32 * gb, { freeBytes: 3 * gb }), paces: [cpu, card] })
    const part = split.gpuLayers! / layers
    expect(split).toMatchObject({ verdict: 'partly-gpu', speedFrom: 'models' })
    expect(1 / split.tokensPerSecond!).toBeCloseTo(part * (bytes / (500 * gb) + layers * 1e-4) + (1 - part) * (bytes / (20 * gb) + layers * 1e-3), 9)
    // A small model that wrote on the card says nothing of a large one.
    expect(estimateFit(seven, { ...machine(32 * gb, {}), paces: [cpu, { ...card, bytesPerSecond: null }] })).toMatchObject({ tokensPerSecond: null, speedFrom: 'card-not-measured' })
    // Another backend's card is another matter.
    expect(estimateFit(seven, { ...machine(32 * gb, {}), paces: [cpu, { ...card, backend: 'vulkan' }] }).speedFrom).toBe('card-not-measured')
    expect(estimateFit({ ...seven, isGenerating: false }, machine(32 * gb, {})).speedFrom).toBeNull()
  })

  /** Written on two cores of an Intel Xeon, the fastest of each in bench/results.json, and what its memory gave in two measures. */
  const starter = { place: 'cpu', sizeBytes: 9_114_144, layers: 8, tokensPerSecond: 750 }
  const recorded = [
    { name: 'SmolLM2-135M Q4_1', sizeBytes: 98_362_432, layers: 30, tokensPerSecond: 82 },
    { name: 'random 1B Q4_0', sizeBytes: 565e6, layers: 16, tokensPerSecond: 21 },
  ]
  describe.each([15.1e9, 20.4e9])('with memory of %d bytes a second', bytesPerSecond => {
    it.each(recorded)('is within a factor of two of what $name wrote here, once the starter has written', ({ sizeBytes, layers, tokensPerSecond }) => {
      const here = { ...machine(32 * gb), bandwidth: { bytesPerSecond, threads: 2, measuredAt: new Date(0) } }
      const facts: FitFacts = { ...seven, sizeBytes, shape: { layers, keyValueHeads: 3, headSize: 64, window: null } }
      const ratio = (paces: Pace[]): number => estimateFit(facts, { ...here, paces }).tokensPerSecond! / tokensPerSecond
      const estimated = ratio([paceOf('cpu', [starter], bytesPerSecond)])
      expect(estimated).toBeGreaterThan(0.5)
      expect(estimated).toBeLessThan(2)
      // Memory alone is the bound that it was: further off.
      expect(ratio([])).toBeGreaterThan(estimated)
      // A large model that wrote here makes it better for both.
      const learnt = ratio([paceOf('cpu', [starter, { place: 'cpu', ...recorded[1]! }], bytesPerSecond)])
      expect(Math.abs(Math.log(learnt))).toBeLessThan(Math.log(1.35))
    })
  })

  it('knows windows, and says nothing of contexts where it knows no shape', () => {
    const windowed = { layers: 30, keyValueHeads: 4, headSize: 128, window: { layers: 25, tokens: 1024 } }
    expect(cacheBytes(windowed, 8192)).toBe(2 * 4 * 128 * 2 * (5 * 8192 + 25 * 1024))
    expect(estimateFit({ ...seven, shape: null }, machine(32 * gb))).toMatchObject({ verdict: 'cpu', contextTokens: null, layers: null })
  })

  it('never promises more than there is', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 64 * gb, noNaN: true }), fc.double({ min: 0, max: 24 * gb, noNaN: true }), fc.integer({ min: 1, max: 1e11 }), fc.integer({ min: 1, max: 1e7 }), (available, freeGpu, sizeBytes, context) => {
      const fit = estimateFit({ ...seven, sizeBytes }, machine(available, { freeBytes: freeGpu }), context)
      if (fit.verdict === 'too-big') return
      expect(fit.neededBytes).toBeLessThanOrEqual(fit.verdict === 'gpu' ? fit.freeGpuBytes : available + (fit.verdict === 'partly-gpu' ? freeGpu : 0) + 1)
      expect(fit.contextTokens).toBeLessThanOrEqual(Math.min(context, 32_768))
      expect(fit.gpuLayers).toBeLessThanOrEqual(28)
    }))
  })
})
