import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { starterPath } from '../../tests/support/starter.ts'
import type { GenerateRequest } from './contract.ts'
import { inferenceRouter } from './inference-router.ts'

const rounds = 15
/** Beyond the step that is under way when an answer is cancelled. */
const mostMilliseconds = 30
const request: GenerateRequest = { turns: [{ role: 'user', text: 'Write a TypeScript function that reverses a string.' }], maxTokens: 900, temperature: 0, seed: null, ignoreEndOfText: true }

const client = createRouterClient(inferenceRouter())
beforeAll(async () => {
  // One sequence: the next answer waits until it is free.
  for await (const event of await client.load({ modelId: 'starter', path: starterPath, contextTokens: 1024, device: 'cpu', threads: 1 })) if (event.type === 'load-end') expect(event.model.sequences).toBe(1)
})
afterAll(() => client.unload())

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Milliseconds of an answer of one token. */
async function short(): Promise<number> {
  const start = performance.now()
  for await (const event of await client.generate({ ...request, maxTokens: 1 })) void event
  return performance.now() - start
}

it(`frees the sequence of a cancelled answer within one decode step and ${mostMilliseconds} ms, as the median of ${rounds}`, async () => {
  let stepMilliseconds = 0
  for await (const event of await client.generate({ ...request, maxTokens: 200 })) if (event.type === 'generate-end') stepMilliseconds = 1000 / event.tokensPerSecond
  await short()
  const alone: number[] = []
  const cancelled: number[] = []
  for (let round = 0; round < rounds; round++) {
    alone.push(await short())
    const abort = new AbortController()
    const writing = Promise.withResolvers<void>()
    const answer = (async () => {
      for await (const event of await client.generate(request, { signal: abort.signal })) if (event.type === 'text-delta') writing.resolve()
      return 'whole'
    })().catch(() => 'cancelled')
    await writing.promise
    const start = performance.now()
    abort.abort()
    await short()
    cancelled.push(performance.now() - start)
    expect(await answer).toBe('cancelled')
  }
  const held = median(cancelled) - median(alone)
  console.log(`Cancel: the next answer is later by ${held.toFixed(1)} ms; a step takes ${stepMilliseconds.toFixed(1)} ms`)
  expect(held).toBeLessThanOrEqual(stepMilliseconds + mostMilliseconds)
}, 60_000)
