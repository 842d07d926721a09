import { describe, expect, it } from 'vitest'
import { paceOf } from './pace.ts'

const place = 'here'
const starter = { place, sizeBytes: 9_114_144, layers: 8, tokensPerSecond: 800 }
const small = { place, sizeBytes: 100e6, layers: 30, tokensPerSecond: 100 }
const large = { place, sizeBytes: 1e9, layers: 20, tokensPerSecond: 10 }

describe('paceOf', () => {
  it('knows the memory alone where no model has written', () => {
    expect(paceOf('cpu', [], 20e9)).toEqual({ backend: 'cpu', bytesPerSecond: 20e9, secondsPerLayer: null, isMeasured: false })
    expect(paceOf('cuda', [], null)).toEqual({ backend: 'cuda', bytesPerSecond: null, secondsPerLayer: null, isMeasured: false })
  })

  it('learns from small models what a layer takes, from those in the caches all of it', () => {
    expect(paceOf('cpu', [starter], 20e9).secondsPerLayer).toBeCloseTo(1 / 800 / 8, 9)
    expect(paceOf('cpu', [small], 20e9).secondsPerLayer).toBeCloseTo((1 / 100 - 100e6 / 20e9) / 30, 9)
    expect(paceOf('cpu', [{ ...small, tokensPerSecond: 1e6 }], 20e9).secondsPerLayer).toBe(0)
    // One that wrote while the machine was busy makes it no slower.
    expect(paceOf('cpu', [starter, { ...small, tokensPerSecond: 10 }], 20e9).secondsPerLayer).toBeCloseTo(1 / 800 / 8, 9)
  })

  it('learns from large ones how fast weights are read, never more than the memory can', () => {
    expect(paceOf('cpu', [large], 20e9).bytesPerSecond).toBe(10e9)
    expect(paceOf('cpu', [large, { ...large, sizeBytes: 2e9, tokensPerSecond: 1 }], 20e9).bytesPerSecond).toBe(10e9)
    expect(paceOf('cpu', [large, starter], 20e9).bytesPerSecond).toBeCloseTo(1e9 / (0.1 - 20 / 800 / 8), -6)
    expect(paceOf('cpu', [{ ...large, tokensPerSecond: 1000 }], 20e9).bytesPerSecond).toBe(20e9)
    // Whatever the layers of a slow small one say, most of its time is reading.
    expect(paceOf('cpu', [large, { ...starter, tokensPerSecond: 1 }], 20e9).bytesPerSecond).toBe(20e9)
  })

  it('says of a card nothing that small models cannot tell', () => {
    expect(paceOf('cuda', [starter, small], null)).toMatchObject({ bytesPerSecond: null, isMeasured: true })
    expect(paceOf('cuda', [large], null)).toMatchObject({ bytesPerSecond: 10e9, secondsPerLayer: null })
  })
})
