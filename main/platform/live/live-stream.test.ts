import { describe, expect, it, vi } from 'vitest'
import { Listeners } from './listeners.ts'
import { liveStream, newest } from './live-stream.ts'
import { TurnTaker } from './turn-taker.ts'

describe('liveStream', () => {
  it('yields what is pushed, before and after the reader asks', async () => {
    let push: (event: number) => void = () => undefined
    const stream = liveStream<number>(given => {
      push = given
      given(1)
      return () => undefined
    })
    expect(await stream.next()).toEqual({ done: false, value: 1 })
    const next = stream.next()
    push(2)
    push(3)
    expect(await next).toEqual({ done: false, value: 2 })
    expect(await stream.next()).toEqual({ done: false, value: 3 })
    await stream.return()
  })

  it('unsubscribes when the reader leaves', async () => {
    const stop = vi.fn()
    for await (const event of liveStream<number>(push => (push(1), stop))) {
      expect(event).toBe(1)
      break
    }
    expect(stop).toHaveBeenCalledOnce()
  })

  it('ends and unsubscribes when the signal aborts, also while it waits', async () => {
    const stop = vi.fn()
    const controller = new AbortController()
    const stream = liveStream<number>(() => stop, { signal: controller.signal })
    const next = stream.next()
    await Promise.resolve()
    controller.abort()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(stop).toHaveBeenCalledOnce()
  })

  it('subscribes to nothing when nobody reads, and passes on why it could not', async () => {
    const start = vi.fn(() => () => undefined)
    await liveStream(start).return()
    expect(start).not.toHaveBeenCalled()
    await expect(liveStream(() => Promise.reject(new Error('no'))).next()).rejects.toThrow('no')
  })

  it('throws at the reader what goes wrong later, after what came before', async () => {
    const stop = vi.fn()
    let fail: (error: unknown) => void = () => undefined
    const stream = liveStream<number>((push, given) => {
      fail = given
      push(1)
      return stop
    })
    await stream.next()
    const next = stream.next()
    fail(new Error('the database went away'))
    await expect(next).rejects.toThrow('the database went away')
    expect(stop).toHaveBeenCalledOnce()
  })

  it('keeps only the newest for a slow reader', async () => {
    const stream = liveStream<number>(
      push => {
        for (let index = 0; index < 1000; index++) push(index)
        return () => undefined
      },
      { limit: 1, collapse: newest },
    )
    expect(await stream.next()).toEqual({ done: false, value: 999 })
    await stream.return()
  })
})

describe('Listeners', () => {
  it('tells the others when one throws, and nobody who has left', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const listeners = new Listeners<number>()
    const heard: number[] = []
    listeners.add(() => {
      throw new Error('a listener failed')
    })
    const leave = listeners.add(event => heard.push(event))
    listeners.tell(1)
    leave()
    listeners.tell(2)
    expect(heard).toEqual([1])
    expect(listeners.size).toBe(1)
    expect(warned).toHaveBeenCalledTimes(2)
    warned.mockRestore()
  })
})

describe('TurnTaker', () => {
  it('does one thing after the other for a key, also after a failure, and others meanwhile', async () => {
    const turns = new TurnTaker()
    const order: string[] = []
    const work = (name: string, milliseconds: number, fails = false) => async (): Promise<void> => {
      order.push(`${name} begins`)
      await new Promise(resolve => setTimeout(resolve, milliseconds))
      order.push(`${name} ends`)
      if (fails) throw new Error(name)
    }
    const first = turns.take('a', work('first', 30, true))
    const second = turns.take('a', work('second', 0))
    const other = turns.take('b', work('other', 0))
    await expect(first).rejects.toThrow('first')
    await Promise.all([second, other])
    expect(order.indexOf('second begins')).toBeGreaterThan(order.indexOf('first ends'))
    expect(order.indexOf('other begins')).toBeLessThan(order.indexOf('first ends'))
  })
})
