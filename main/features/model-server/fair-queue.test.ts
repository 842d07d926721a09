import { describe, expect, it } from 'vitest'
import { FairQueue } from './fair-queue.ts'

const never = new AbortController().signal
function setUp(slots = 1, limit = 100) {
  const queue = new FairQueue({ slots: () => slots, limit: () => limit, onChange: () => undefined })
  const order: string[] = []
  /** Runs one call and ends it when told. */
  const call = (name: string, client: string, model = 'm', signal = never) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const done = queue.take(model, client, signal).then(async end => {
      order.push(name)
      await promise
      end(10)
    })
    return { done, end: resolve }
  }
  return { queue, order, call }
}
const settled = async (): Promise<void> => await new Promise(resolve => setImmediate(resolve))

describe('FairQueue', () => {
  it('lets clients take turns, whoever asked first how often', async () => {
    const { queue, order, call } = setUp()
    const calls = [call('a1', 'a'), call('a2', 'a'), call('a3', 'a'), call('a4', 'a'), call('b1', 'b'), call('c1', 'c'), call('b2', 'b')]
    await settled()
    expect(queue.waiting).toBe(6)
    for (const one of calls) one.end()
    await Promise.all(calls.map(one => one.done))
    expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4'])
    expect(queue.waiting).toBe(0)
  })

  it('keeps a line for each model', async () => {
    const { order, call } = setUp()
    const calls = [call('one', 'a', 'm'), call('two', 'a', 'm'), call('other', 'a', 'n')]
    await settled()
    expect(order).toEqual(['one', 'other'])
    for (const one of calls) one.end()
    await Promise.all(calls.map(one => one.done))
  })

  it('forgets who leaves while waiting, and ends a turn once only', async () => {
    const { queue, order, call } = setUp()
    const first = call('first', 'a')
    const leaving = new AbortController()
    const second = call('second', 'b', 'm', leaving.signal)
    const third = call('third', 'c')
    await settled()
    leaving.abort(new Error('left'))
    await expect(second.done).rejects.toThrow('left')
    await expect(queue.take('m', 'b', leaving.signal)).rejects.toThrow('left')
    expect(queue.waiting).toBe(1)
    first.end()
    third.end()
    await Promise.all([first.done, third.done])
    expect(order).toEqual(['first', 'third'])
    const end = await queue.take('m', 'a', never)
    end(1)
    end(1)
    const [one, two] = [call('x', 'a'), call('y', 'a')]
    await settled()
    expect(queue.waiting).toBe(1)
    for (const its of [one, two]) its.end()
    await Promise.all([one.done, two.done])
  })

  it('says when to come back where it is full, and makes room for who waits with less', async () => {
    const { queue, order, call } = setUp(1, 3)
    const greedy = [1, 2, 3, 4].map(number => call(`a${number}`, 'a'))
    await settled()
    await expect(call('a5', 'a').done).rejects.toMatchObject({ code: 'SERVER_QUEUE_FULL', data: { waiting: 3, retryMilliseconds: 4000 } })
    const modest = call('b1', 'b')
    await expect(greedy[3]!.done).rejects.toMatchObject({ code: 'SERVER_QUEUE_FULL' })
    for (const one of [...greedy, modest]) one.end()
    await Promise.all([...greedy.slice(0, 3), modest].map(one => one.done))
    expect(order).toEqual(['a1', 'a2', 'b1', 'a3'])
    expect(queue.waiting).toBe(0)
  })
})
