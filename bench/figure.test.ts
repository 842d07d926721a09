import { expect, it } from 'vitest'
import { figure, median, ratiosOfPairs, skipped } from './figure.ts'

it('takes the middle of odd and even counts', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5])
})

it('judges the median, not the best round', () => {
  expect(figure([1, 2, 9], { name: 'x', unit: 'ratio', atMost: 1.5 })).toEqual({ name: 'x', value: 2, unit: 'ratio', target: '≤ 1.5', holds: false, spread: [1, 9] })
  expect(figure([], { name: 'x', unit: 'ratio', atLeast: 1 }).holds).toBe(false)
})

it('runs product and peer in turn, each first as often', async () => {
  const order: string[] = []
  const ratios = await ratiosOfPairs(
    4,
    async () => (order.push('product'), 6),
    async () => (order.push('peer'), 3),
  )
  expect(order).toEqual(['product', 'peer', 'peer', 'product', 'product', 'peer', 'peer', 'product'])
  expect(ratios).toEqual([2, 2, 2, 2])
})

it('says why a figure is missing, and does not call it missed', () => {
  expect(skipped('x', 'no compiler is here')).toMatchObject({ name: 'x', holds: true, isSkipped: true, note: 'no compiler is here' })
})
