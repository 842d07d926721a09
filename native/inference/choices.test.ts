import type { Token } from 'node-llama-cpp'
import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { historyOf, functionsOf } from './chat-history.ts'
import type { ChatTurn } from './contract.ts'
import type { Lane } from './lane.ts'
import { Lanes } from './lanes.ts'
import { chooseToken, logprobOf, seededRandom, withoutTemperature } from './logprobs.ts'
import { withTimeLimit } from './time-limit.ts'

const probabilities = new Map([[1, 0.6], [2, 0.3], [3, 0.1]] as [Token, number][])
const tally = (request: Parameters<typeof chooseToken>[1]): number[] => {
  const random = seededRandom(7)
  const counts = [0, 0, 0, 0]
  for (let round = 0; round < 2000; round++) counts[chooseToken(probabilities, request, random)]! += 1
  return counts
}

describe('chooseToken', () => {
  it('takes the likeliest without temperature, and as often as it is likely with it', () => {
    expect(tally({ temperature: 0 })).toEqual([0, 2000, 0, 0])
    const [, first, second, third] = tally({ temperature: 1 })
    expect(first! / 2000).toBeCloseTo(0.6, 1)
    expect(second! / 2000).toBeCloseTo(0.3, 1)
    expect(third).toBeGreaterThan(0)
  })

  it('keeps to top-k, top-p and min-p', () => {
    expect(tally({ temperature: 1, sampling: { topK: 2 } })[3]).toBe(0)
    expect(tally({ temperature: 1, sampling: { topP: 0.85 } })[3]).toBe(0)
    expect(tally({ temperature: 1, sampling: { minP: 0.6 } })).toEqual([0, 2000, 0, 0])
  })

  it('gives the same for the same seed', () => {
    expect(tally({ temperature: 2 })).toEqual(tally({ temperature: 2 }))
  })
})

it('takes a temperature out of probabilities again', () => {
  const cold = new Map([...probabilities].map(([token, value]) => [token, value ** 2] as const))
  for (const [token, value] of withoutTemperature(cold, 0.5)) expect(value).toBeCloseTo(probabilities.get(token)!, 9)
  expect(withoutTemperature(probabilities, 1)).toBe(probabilities)
})

it('tells natural logarithms, and no infinity', () => {
  const model = { detokenize: (tokens: readonly Token[]) => `t${tokens[0]}` }
  expect(logprobOf(model, 2 as Token, probabilities, 1)).toEqual({ text: 't2', logprob: Math.log(0.3), top: [{ text: 't1', logprob: Math.log(0.6) }] })
  expect(logprobOf(model, 9 as Token, probabilities, 0)).toEqual({ text: 't9', logprob: -9999, top: [] })
})

describe('withTimeLimit', () => {
  const late = () => new AppError('MODEL_NOT_LOADED', {})
  it('gives back what the work gives, and lets its errors through', () => {
    expect(withTimeLimit(1000, () => 7, late)).toBe(7)
    expect(() => withTimeLimit(1000, () => { throw new TypeError('broken') }, late)).toThrow(TypeError)
  })

  it('ends work that does not end', () => {
    expect(() => withTimeLimit(20, () => { for (;;); }, late)).toThrow(AppError)
    expect(withTimeLimit(1000, () => 8, late)).toBe(8)
  })
})

describe('historyOf', () => {
  it('lays an answer, its calls and what they gave together, and leaves the end open', () => {
    const turns: ChatTurn[] = [
      { role: 'system', text: 's' },
      { role: 'user', text: 'u' },
      { role: 'assistant', text: 'Let me look.', toolCalls: [{ id: 'a', name: 'f', parameters: '{"x":1}' }, { id: 'b', name: 'g', parameters: '{}' }] },
      { role: 'tool', text: 'plain', toolCallId: 'b' },
      { role: 'tool', text: '[1]', toolCallId: 'a' },
    ]
    expect(historyOf(turns)).toEqual([
      { type: 'system', text: 's' },
      { type: 'user', text: 'u' },
      {
        type: 'model',
        response: [
          'Let me look.',
          { type: 'functionCall', name: 'f', params: { x: 1 }, result: [1], startsNewChunk: true },
          { type: 'functionCall', name: 'g', params: {}, result: 'plain', startsNewChunk: false },
          '',
        ],
      },
    ])
  })

  it('goes on with what an assistant began, and loses no result that nobody asked for', () => {
    expect(historyOf([{ role: 'user', text: 'u' }, { role: 'assistant', text: 'So' }])).toEqual([{ type: 'user', text: 'u' }, { type: 'model', response: ['So'] }])
    expect(historyOf([{ role: 'user', text: 'u' }, { role: 'tool', text: 'r', toolCallId: 'x' }]).at(-1)).toEqual({ type: 'model', response: ['r', ''] })
    expect(historyOf([{ role: 'user', text: 'u' }, { role: 'assistant', text: '' }]).at(-1)).toEqual({ type: 'model', response: [''] })
  })

  it('gives tools by their names', () => {
    expect(functionsOf([])).toBeUndefined()
    expect(functionsOf([{ name: 'f', description: 'd', parameters: { type: 'object' } }, { name: 'g' }])).toEqual({ f: { description: 'd', params: { type: 'object' } }, g: {} })
  })
})

/** A lane that holds some tokens. */
const lane = (held: number[]): Lane => ({ length: held.length, sharedWith: (prompt: readonly number[]) => held.findIndex((token, index) => token !== prompt[index]) === -1 ? held.length : held.findIndex((token, index) => token !== prompt[index]) }) as unknown as Lane
const prompt = (...tokens: number[]): Token[] => tokens as Token[]
const never = new AbortController().signal

describe('Lanes', () => {
  it('gives the lane that holds the most of the prompt, and another where too little of what it holds is of use', async () => {
    const [a, b, empty] = [lane([1, 2, 3]), lane([1, 9, 9, 9]), lane([])]
    const lanes = new Lanes([empty, a, b])
    expect(await lanes.use(prompt(1, 2, 3, 4), never, async given => given)).toBe(a)
    expect(await lanes.use(prompt(1, 9, 9, 9, 5), never, async given => given)).toBe(b)
    expect(await lanes.use(prompt(1, 7, 7), never, async given => given)).toBe(empty)
  })

  it('lets who comes late wait in turn, and who gives up go', async () => {
    const only = lane([])
    const lanes = new Lanes([only])
    const order: number[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const first = lanes.use(prompt(1), never, () => promise)
    const abort = new AbortController()
    const left = lanes.use(prompt(2), abort.signal, async () => void order.push(2))
    const third = lanes.use(prompt(3), never, async () => void order.push(3))
    expect(await lanes.useFree(null, async () => 'free')).toBeNull()
    abort.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    resolve()
    await Promise.all([first, third])
    expect(order).toEqual([3])
    expect(await lanes.useFree(prompt(1), async given => given)).toBe(only)
    await expect(lanes.use(prompt(1), AbortSignal.abort(new Error('late')), async () => 1)).rejects.toThrow('late')
  })

  it('gives a lane back when the work fails', async () => {
    const lanes = new Lanes([lane([])])
    await expect(lanes.use(prompt(1), never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await lanes.use(prompt(1), never, async () => 1)).toBe(1)
  })
})
