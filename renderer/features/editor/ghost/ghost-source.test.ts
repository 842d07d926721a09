import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Completion } from '#shared/contract/completion.ts'
import { GhostSource } from './ghost-source.ts'
import type { GhostOutcome } from './ghost-status.ts'

const ask = { path: 'a.ts', prefix: 'const a = ', suffix: '', language: 'typescript' }

function setUp(answer: (signal: AbortSignal) => Promise<string>) {
  const outcomes: GhostOutcome[] = []
  const complete = vi.fn(async (_: unknown, signal: AbortSignal): Promise<Completion> => {
    return { text: await answer(signal), tokens: 3, promptTokens: 9, milliseconds: 20, scope: 'line', label: 'internal', stopReason: 'end-of-scope' }
  })
  const source = new GhostSource({ complete, settings: () => ({ isEnabled: true, debounce: 40, maxTokens: 96 }), onOutcome: outcome => outcomes.push(outcome) })
  return { source, complete, outcomes }
}

describe('where suggestions come from', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('asks after the rest and remembers the answer', async () => {
    const { source, complete, outcomes } = setUp(async () => 'b + c')
    const answer = source.ask(ask, new AbortController().signal, { isImmediate: false })
    await vi.advanceTimersByTimeAsync(39)
    expect(complete).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(await answer).toBe('b + c')
    expect(source.known({ ...ask, prefix: `${ask.prefix}b ` })).toBe('+ c')
    expect(outcomes).toEqual([{ kind: 'shown', tokens: 3, milliseconds: 20 }])
  })

  it('never asks for a request that ended during the rest', async () => {
    const { source, complete, outcomes } = setUp(async () => 'b')
    const aborted = new AbortController()
    const answer = source.ask(ask, aborted.signal, { isImmediate: false })
    aborted.abort()
    expect(await answer).toBe('')
    await vi.advanceTimersByTimeAsync(100)
    expect(complete).not.toHaveBeenCalled()
    expect(outcomes).toEqual([])
  })

  it('hands the signal on, so that the host stops too', async () => {
    let seen: AbortSignal | undefined
    const { source, outcomes } = setUp(
      signal =>
        new Promise((_, reject) => {
          seen = signal
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        }),
    )
    const aborted = new AbortController()
    const answer = source.ask(ask, aborted.signal, { isImmediate: true })
    await vi.advanceTimersByTimeAsync(0)
    aborted.abort()
    expect([await answer, seen?.aborted]).toEqual(['', true])
    expect(outcomes).toEqual([{ kind: 'cancelled' }])
    expect(source.known(ask)).toBeNull()
  })

  it('says why there is nothing', async () => {
    const failing = setUp(() => Promise.reject(Object.assign(new Error('x'), { code: 'MODEL_NOT_LOADED' })))
    await failing.source.ask(ask, new AbortController().signal, { isImmediate: true })
    expect(failing.outcomes).toMatchObject([{ kind: 'failed', error: { code: 'MODEL_NOT_LOADED' } }])
    const empty = setUp(async () => ' ')
    await empty.source.ask(ask, new AbortController().signal, { isImmediate: true })
    expect(empty.outcomes).toEqual([{ kind: 'empty' }])
  })
})
