import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorText, errorTextOf } from './error-text.ts'
import { AppError, errorCatalog, type ErrorCode } from './errors.ts'
import type { LoadPlan } from './load-plan.ts'

const samples: Record<string, unknown> = {
  path: 'src/main.ts', workspaceId: 'w', reason: 'a reason', sizeBytes: 2_500_000, limitBytes: 50_000_000, version: 'v', name: 'con', id: 'x', architecture: 'mamba',
  neededBytes: 8e9, freeBytes: 900, promptTokens: 9000, availableTokens: 700, contextTokens: 1024, worker: 'inference', device: 'cuda', crashes: 3, shell: '/bin/x', problems: ['Line 3: a comma is missing.'], key: 'k', port: 80,
  host: 'a.example', rule: 'offline', seconds: 30, findings: 2, label: 'secret', scope: 'chat', of: 'tokens', waiting: 64,
  expiredAt: '2026-01-02T00:00:00.000Z', characters: 3_000_000, limit: 1_000_000, retryMilliseconds: 4000, leastCharacters: 12, kind: 'passphrase', feature: 'models', mode: 'offline', status: 401, folder: '/models', quarantine: 'a.gguf.wrong', hashSource: 'catalogue', expected: 'a'.repeat(64), actual: 'b'.repeat(64), received: 5, option: 'gpuLayers', role: 'embedding', suggestion: null,
}
/** Where a name means something else. */
const ownSamples: Partial<Record<ErrorCode, Record<string, unknown>>> = { KEYCHAIN_UNAVAILABLE: { reason: 'absent' }, SCHEMA_UNSUPPORTED: { reason: 'The schema at /name holds a pattern.' }, UPLOAD_OUT_OF_ORDER: { expected: 4 } }

const codes = Object.keys(errorCatalog) as ErrorCode[]

describe('error text', () => {
  it.each(codes)('%s says what happened, why and what to do', code => {
    const shape = Object.keys(errorCatalog[code].shape)
    const data = { ...Object.fromEntries(shape.map(key => [key, samples[key]])), ...ownSamples[code] }
    const words = errorTextOf({ code, data })
    expect(words.what).not.toBe('Something went wrong.')
    for (const sentence of [words.what, words.why, words.action]) {
      expect(sentence).toMatch(/^[\p{Lu}“].*[.]$/su)
      expect(sentence).not.toMatch(/!|undefined|null|NaN|\[object/)
    }
  })

  it('speaks of layers only where there is a graphics card', () => {
    const plan = { contextTokens: 1024, sequences: 1, gpuLayers: 3, layers: 9, kvCacheType: 'f16' as const, batchTokens: 512, threads: null, weightsBytes: 1e9, cacheBytes: 1e9, computeBytes: 1e9, totalBytes: 3e9, gpuBytes: 0, fits: true, freeBytes: 4e9, reason: null, smaller: null }
    const action = (suggestion: LoadPlan): string => errorText('MODEL_DOES_NOT_FIT', { id: 'a', neededBytes: 8e9, freeBytes: 4e9, suggestion }).action
    expect(action({ ...plan, freeGpuBytes: 2e9 })).toContain('1,024 tokens, a f16 cache and 3 layers on the graphics card, which takes 3.0 GB')
    expect(action({ ...plan, gpuLayers: 0, freeGpuBytes: null })).toContain('1,024 tokens and a f16 cache, which takes 3.0 GB')
  })

  it('says of a draft model how to go without it', () => {
    const words = errorText('MODEL_OPTION_INVALID', { id: 'a', option: 'draft', reason: '“Other” has another vocabulary' })
    expect(words).toMatchObject({ why: '“Other” has another vocabulary.', action: expect.stringContaining('cortex models load MODEL --draft none') })
    expect(words.action).not.toContain('Device')
  })

  it('tells a deleted file from a changed one', () => {
    expect(errorText('FILE_CHANGED_ON_DISK', { path: 'a', version: null }).what).toContain('deleted')
    expect(errorText('FILE_CHANGED_ON_DISK', { path: 'a', version: 'b' }).what).toContain('changed')
  })

  it('gives sizes and counts with units', () => {
    expect(errorText('FILE_TOO_LARGE', { path: 'a', sizeBytes: 209_715_200, limitBytes: 50_000_000 }).why).toBe('It holds 210 MB; the editor opens files of up to 50 MB.')
    expect(errorText('FILE_BINARY', { path: 'a', sizeBytes: 12 }).why).toContain('12 bytes')
    expect(errorText('CONTEXT_OVERFLOW', { promptTokens: 12_345, availableTokens: 700, contextTokens: 1024 }).why).toContain('12,345 tokens')
  })

  it('names the model that was asked for, and no more of a name than can be read', () => {
    expect(errorText('MODEL_NOT_FOUND', { id: 'gpt-5' })).toMatchObject({ what: 'The model “gpt-5” is not on the list.', action: expect.stringContaining('cortex models list') })
    expect(errorText('MODEL_NOT_FOUND', { id: 'x'.repeat(5000) }).what.length).toBeLessThan(150)
    expect(errorText('MODEL_NOT_FOUND', { id: '' }).what).toBe('No model was named.')
  })

  it('takes reasons that are sentences of their own', () => {
    expect(errorText('MODEL_FILE_INVALID', { path: 'a', reason: 'It is not a GGUF file.' }).why).toMatch(/It is not a GGUF file\.$/)
  })

  it('has words for anything else, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (code, data) => {
        expect(errorTextOf({ code, data }).what).not.toBe('')
      }),
    )
    expect(errorTextOf({ code: 'DISK_FULL', data: { path: 5 } }).what).toBe('Something went wrong.')
    expect(errorTextOf(null).what).toBe('Something went wrong.')
    expect(errorTextOf(new Error('x')).what).toBe('Something went wrong.')
    expect(errorTextOf(new AppError('MESSAGE_NOT_FOUND', { id: 'x' })).action).toBe('Ask a question first.')
    expect(errorTextOf({ code: 'toString', data: {} }).what).toBe('Something went wrong.')
  })
})
