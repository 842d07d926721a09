import { setTimeout as sleep } from 'node:timers/promises'
import type { BatchItem } from 'node-llama-cpp'
import { expect, it } from 'vitest'
import { BatchTurns, lanePriority } from './batch-turns.ts'

const item = (lane: 'chat' | 'fill', tokens: number) => ({ tokens: Array(tokens).fill(1), logits: [], evaluationPriority: lanePriority[lane] }) as unknown as BatchItem

it('decodes a sequence that runs alone at once', () => {
  const turns = new BatchTurns()
  turns.enter('chat')
  let dispatched = 0
  turns.schedule(() => dispatched++)
  expect(dispatched).toBe(1)
})

it('waits until both sequences have asked, and puts both into one batch', async () => {
  const turns = new BatchTurns()
  turns.enter('chat')
  turns.enter('fill')
  let dispatched = 0
  turns.ask('chat')
  turns.schedule(() => dispatched++)
  await sleep(10)
  expect(dispatched).toBe(0)
  turns.ask('fill')
  await sleep(10)
  expect(dispatched).toBe(1)
  turns.prioritize({ items: [item('chat', 1), item('fill', 1)], size: 8 })
  turns.rest('chat')
  // The chat asks again while the fill is still being sampled.
  turns.ask('chat')
  turns.schedule(() => dispatched++)
  await sleep(10)
  expect(dispatched).toBe(1)
  turns.rest('fill')
  turns.leave('fill')
  await sleep(10)
  expect(dispatched).toBe(2)
})

it('gives a completion the room first and every sequence at least one token', () => {
  const turns = new BatchTurns()
  const [chat, fill] = [item('chat', 100), item('fill', 100)]
  const shares = turns.prioritize({ items: [chat, fill], size: 64 })
  expect(shares.map(share => share.item)).toEqual([fill, chat])
  expect(shares.map(share => share.processAmount)).toEqual([63, 1])
})

it('lets a long prompt wait for a completion, but not for ever', async () => {
  const turns = new BatchTurns()
  await turns.quiet(1000)
  turns.enter('fill')
  let isQuiet = false
  const waiting = turns.quiet(1000).then(() => (isQuiet = true))
  await sleep(10)
  expect(isQuiet).toBe(false)
  turns.leave('fill')
  await waiting
  turns.enter('fill')
  await turns.quiet(5)
})
