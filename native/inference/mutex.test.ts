import { expect, it } from 'vitest'
import { Mutex } from './mutex.ts'

const never = new AbortController().signal

it('lets one in at a time, in order', async () => {
  const mutex = new Mutex()
  const order: number[] = []
  await Promise.all(
    [1, 2, 3].map(async number => {
      const release = await mutex.acquire(never)
      order.push(number)
      await Promise.resolve()
      order.push(-number)
      release()
    }),
  )
  expect(order).toEqual([1, -1, 2, -2, 3, -3])
})

it('passes over who gave up', async () => {
  const mutex = new Mutex()
  const first = await mutex.acquire(never)
  const impatient = new AbortController()
  const second = mutex.acquire(impatient.signal)
  const third = mutex.acquire(never)
  impatient.abort(new Error('enough'))
  await expect(second).rejects.toThrow('enough')
  await expect(mutex.acquire(impatient.signal)).rejects.toThrow('enough')
  first()
  expect(await third).toBeTypeOf('function')
})
