import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromWireError } from '#shared/map-errors.ts'
import { findTestModel } from '../../tests/support/test-models.ts'
import type { LoadedModel } from './contract.ts'
import { inferenceRouter } from './inference-router.ts'

const minilm = await findTestModel('minilm')
const reason = 'missing' in minilm ? ` (skipped: ${minilm.missing})` : ''
const failure = (promise: Promise<unknown>) => promise.then(() => null, fromWireError)

/** Of vectors of length 1. */
const cosine = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0)

describe.skipIf('missing' in minilm)(`all-MiniLM-L6-v2${reason}`, () => {
  const client = createRouterClient(inferenceRouter())
  let facts: LoadedModel
  beforeAll(async () => {
    if ('missing' in minilm) return
    for await (const event of await client.load({ modelId: 'minilm', path: minilm.path, contextTokens: null, device: 'cpu', threads: null, use: 'embed' })) if (event.type === 'load-end') facts = event.model
  })
  afterAll(() => client.unload())

  it('says what it is for and measures its threads', () => {
    expect(facts).toMatchObject({ contextTokens: 512, canChat: false, canFill: false, fillMode: null, canEmbed: true, canRerank: false, dimensions: 384, sequences: 1 })
    expect(facts.measuredThreads['1']).toBeGreaterThan(0)
  })

  it('gives vectors of length 1 that agree with those computed from the published weights', async () => {
    if ('missing' in minilm) return
    // The file beside the model: made by its README's recipe.
    const references = JSON.parse(readFileSync(join(dirname(minilm.path), 'all-minilm-l6-v2-reference.json'), 'utf8')) as { text: string; vector: number[] }[]
    const embeddings = await client.embed({ texts: references.map(reference => reference.text) })
    expect(embeddings).toHaveLength(references.length)
    for (const [index, { vector, tokens }] of embeddings.entries()) {
      expect(vector).toHaveLength(384)
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6)
      expect(tokens).toBeGreaterThan(2)
      expect(cosine(vector, references[index]!.vector) / Math.hypot(...references[index]!.vector)).toBeGreaterThanOrEqual(0.999)
    }
  })

  it('reads a text of as many tokens as it was trained for, and refuses one more before it computes any', async () => {
    const [ofWord] = await client.countTokens({ texts: ['word'] })
    expect(ofWord).toBe(1)
    const [whole] = await client.embed({ texts: ['word '.repeat(510)] })
    expect(whole!.tokens).toBe(512)
    expect(await failure(client.embed({ texts: ['short', 'word '.repeat(511)] }))).toMatchObject({ code: 'CONTEXT_OVERFLOW', data: { promptTokens: 513, availableTokens: 512, contextTokens: 512 } })
  })

  it('answers several callers at once, each with its own vectors, and gives up for one that leaves', async () => {
    const [alone] = await client.embed({ texts: ['a quick test'] })
    const abort = new AbortController()
    const left = client.embed({ texts: Array.from({ length: 400 }, (_, index) => `text ${index}`) }, { signal: abort.signal })
    const all = Promise.all([client.embed({ texts: ['a quick test'] }), client.embed({ texts: ['', 'a quick test'] })])
    abort.abort()
    await expect(left).rejects.toThrow()
    const [[first], [empty, second]] = await all
    expect(cosine(first!.vector, alone!.vector)).toBeCloseTo(1, 6)
    expect(cosine(second!.vector, alone!.vector)).toBeCloseTo(1, 6)
    expect(empty!.tokens).toBe(2)
  })

  it('says that it neither writes nor ranks', async () => {
    expect(await failure(client.rerank({ query: 'a', documents: ['b'] }))).toMatchObject({ code: 'MODEL_CANNOT_RERANK', data: { id: 'minilm' } })
    expect(await failure(client.complete({ prefix: 'a', suffix: '', scope: 'line', maxTokens: 4 }))).toMatchObject({ code: 'MODEL_CANNOT_FILL' })
    expect(await failure(client.countChatTokens({ turns: [{ role: 'user', text: 'a' }] }))).toMatchObject({ code: 'MODEL_CANNOT_CHAT' })
  })
})
