import { setTimeout as sleep } from 'node:timers/promises'
import type { BatchItem } from 'node-llama-cpp'
import { expect, it } from 'vitest'
import { BatchTurns, priorityOf } from './batch-turns.ts'

const [chat, other, fill] = [1, 2, 3]
const item = (lane: number, tokens: number) => ({ tokens: Array(tokens).fill(1), logits: [], evaluationPriority: priorityOf(lane) }) as unknown as BatchItem

it('decodes a sequence that runs alone at once', () => {
  const turns = new BatchTurns(fill)
  turns.enter(chat)
  let dispatched = 0
  turns.schedule(() => dispatched++)
  expect(dispatched).toBe(1)
})

it('waits until both sequences have asked, and puts both into one batch', async () => {
  const turns = new BatchTurns(fill)
  turns.enter(chat)
  turns.enter(fill)
  let dispatched = 0
  await turns.ask(chat)
  turns.schedule(() => dispatched++)
  await sleep(10)
  expect(dispatched).toBe(0)
  await turns.ask(fill)
  await sleep(10)
  expect(dispatched).toBe(1)
  turns.prioritize({ items: [item(chat, 1), item(fill, 1)], size: 8 })
  turns.rest(chat)
  // The chat would ask again while the fill is still being sampled.
  let hasAsked = false
  void turns.ask(chat).then(() => {
    hasAsked = true
    turns.schedule(() => dispatched++)
  })
  await sleep(10)
  expect(hasAsked).toBe(false)
  turns.rest(fill)
  turns.leave(fill)
  await sleep(10)
  expect(dispatched).toBe(2)
})

it('gives a completion the room first and every sequence at least one token', () => {
  const turns = new BatchTurns(fill)
  const [chatItem, fillItem] = [item(chat, 100), item(fill, 100)]
  const shares = turns.prioritize({ items: [chatItem, fillItem], size: 64 })
  expect(shares.map(share => share.item)).toEqual([fillItem, chatItem])
  expect(shares.map(share => share.processAmount)).toEqual([63, 1])
})

it('lets a long prompt wait for a completion, but not for ever', async () => {
  const turns = new BatchTurns(fill)
  await turns.quiet(1000, new AbortController().signal)
  turns.enter(fill)
  let isQuiet = false
  const waiting = turns.quiet(1000, new AbortController().signal).then(() => (isQuiet = true))
  await sleep(10)
  expect(isQuiet).toBe(false)
  turns.leave(fill)
  await waiting
  turns.enter(fill)
  await turns.quiet(5, new AbortController().signal)
  // Who gives up does not wait at all.
  await turns.quiet(60_000, AbortSignal.timeout(1))
})

it('keeps many lanes in step, each in every batch', async () => {
  const turns = new BatchTurns(fill)
  const lanes = [chat, other, fill]
  let queued: number[] = []
  const batches: number[][] = []
  const decode = async (): Promise<void> => {
    const batch = queued
    queued = []
    batches.push(batch)
    turns.prioritize({ items: batch.map(lane => item(lane, 1)), size: 8 })
    // Each is sampled after another time.
    await Promise.all(batch.map(async lane => {
      await sleep(lane)
      waiting.get(lane)?.()
    }))
  }
  const waiting = new Map<number, () => void>()
  await Promise.all(
    lanes.map(async lane => {
      turns.enter(lane)
      for (let step = 0; step < 5; step++) {
        await turns.ask(lane)
        const sampled = new Promise<void>(resolve => waiting.set(lane, resolve))
        queued.push(lane)
        if (queued.length === 1) turns.schedule(() => void decode())
        await sampled
        turns.rest(lane)
      }
      turns.leave(lane)
    }),
  )
  expect(batches.map(batch => batch.toSorted())).toEqual(Array.from({ length: 5 }, () => lanes))
})
