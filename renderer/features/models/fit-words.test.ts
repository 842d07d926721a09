import { describe, expect, it } from 'vitest'
import type { Fit } from '#shared/contract/library.ts'
import { diskWords, expectedWords, fitSentence, fitWords } from './fit-words.ts'

const fit: Fit = { verdict: 'cpu', gpuLayers: 0, layers: 28, contextTokens: 8192, neededBytes: 5_200_000_000, freeBytes: 24_000_000_000, freeGpuBytes: 0, tokensPerSecond: 9.4, speedFrom: 'models' }

describe('words for what fits', () => {
  it('says where a model would run, and with which context', () => {
    expect(fitWords(fit)).toEqual({ text: 'fits in memory, 8k context', tone: 'ok' })
    expect(fitWords({ ...fit, verdict: 'gpu' }).text).toBe('fits on the graphics card, 8k context')
    expect(fitWords({ ...fit, verdict: 'partly-gpu', gpuLayers: 21, layers: 48, contextTokens: null }).text).toBe('fits with 21 of 48 layers on the graphics card')
    expect(fitWords({ ...fit, verdict: 'partly-gpu', gpuLayers: null }).text).toBe('fits partly on the graphics card, 8k context')
  })

  it('says what is too big, and what is not known', () => {
    expect(fitWords({ ...fit, verdict: 'too-big', neededBytes: 66e9, freeBytes: 50e9, freeGpuBytes: 11e9 })).toEqual({ text: 'needs 66.0 GB, models may take 61.0 GB', tone: 'warn' })
    expect(fitWords({ ...fit, verdict: 'too-big', neededBytes: null }).text).toBe('too big for 24.0 GB')
    expect(fitWords({ ...fit, verdict: 'unknown' })).toEqual({ text: 'not known until download', tone: 'muted' })
    expect(fitSentence({ ...fit, verdict: 'unknown' })).toMatch(/not known until its file is here/)
    expect(fitSentence({ ...fit, verdict: 'too-big' })).toMatch(/Choose a smaller/)
    expect(fitSentence({ ...fit, freeGpuBytes: 8e9 })).toBe('It needs about 5.2 GB; models may take 24.0 GB of memory and 8.0 GB of the graphics card.')
  })

  it('marks speeds as estimates and full disks as such', () => {
    expect([fit, { ...fit, tokensPerSecond: null, speedFrom: null }].map(expectedWords)).toEqual(['≈ 9.4 tokens/s', 'not known'])
    expect(expectedWords({ ...fit, speedFrom: 'memory' })).toBe('at most 9.4 tokens/s')
    expect(expectedWords({ ...fit, tokensPerSecond: null, speedFrom: 'card-not-measured' })).toBe('not measured on this card yet')
    expect(diskWords({ sizeBytes: null, hasDiskRoom: null })).toEqual({ text: 'size not known', tone: 'muted' })
    expect(diskWords({ sizeBytes: 4.7e9, hasDiskRoom: false })).toEqual({ text: '4.7 GB, disk too full', tone: 'warn' })
    expect(diskWords({ sizeBytes: 4.7e9, hasDiskRoom: true })).toEqual({ text: '4.7 GB', tone: 'muted' })
  })
})
