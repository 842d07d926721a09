import { describe, expect, it } from 'vitest'
import { ChunkSize } from './chunk-size.ts'
import { EventQueue } from './event-queue.ts'
import { fastest, threadCounts } from './measure-threads.ts'

describe('ChunkSize', () => {
  it('grows while steps are short, shrinks when they are long, within bounds', () => {
    const chunk = new ChunkSize(512)
    expect(chunk.tokens).toBe(64)
    for (let step = 0; step < 10; step++) chunk.took(1)
    expect(chunk.tokens).toBe(512)
    chunk.took(150)
    expect(chunk.tokens).toBe(512)
    for (let step = 0; step < 10; step++) chunk.took(5000)
    expect(chunk.tokens).toBe(32)
  })
})

describe('EventQueue', () => {
  it('hands over what was pushed before and after the reader came, then ends', async () => {
    const queue = new EventQueue<number>()
    queue.push(1)
    setTimeout(() => {
      queue.push(2)
      queue.push(3)
      queue.end()
    }, 5)
    const seen: number[] = []
    for await (const value of queue.read()) seen.push(value)
    expect(seen).toEqual([1, 2, 3])
  })

  it('throws after what came before the failure', async () => {
    const queue = new EventQueue<number>()
    queue.push(1)
    queue.fail(new Error('broken'))
    const seen: number[] = []
    await expect(
      (async () => {
        for await (const value of queue.read()) seen.push(value)
      })(),
    ).rejects.toThrow('broken')
    expect(seen).toEqual([1])
  })
})

describe('threads', () => {
  it('tries 1, half, cores − 1 and cores, never more', () => {
    expect(threadCounts(1)).toEqual([1])
    expect(threadCounts(2)).toEqual([1, 2])
    expect(threadCounts(16)).toEqual([1, 8, 15, 16])
  })

  it('keeps the fastest, and of equals the smallest', () => {
    expect(fastest(new Map([[1, 100], [2, 180], [4, 60]]))).toBe(2)
    expect(fastest(new Map([[1, 165], [2, 180]]))).toBe(1)
    expect(fastest(new Map([[1, 160], [2, 180]]))).toBe(2)
  })
})
