import { describe, expect, it } from 'vitest'
import type { Token } from 'node-llama-cpp'
import { TextFeed } from './text-feed.ts'

/** Tokens are bytes. */
const model = { detokenize: (tokens: readonly Token[]) => new TextDecoder().decode(Uint8Array.from(tokens as readonly number[])) }
const bytes = (text: string): Token[] => [...new TextEncoder().encode(text)] as Token[]

function run(text: string, stops: string[], millisecondsApart: number) {
  const feed = new TextFeed(model, stops)
  const parts: string[] = []
  let now = 1000
  for (const token of bytes(text)) {
    const ready = feed.take(token, now)
    now += millisecondsApart
    if (!ready) continue
    if (ready.text !== '') parts.push(ready.text)
    if (ready.isStopped) return { parts, isStopped: true }
  }
  const rest = feed.end()
  if (rest.text !== '') parts.push(rest.text)
  return { parts, isStopped: rest.isStopped }
}

describe('TextFeed', () => {
  it('gives the first text at once and gathers the rest over 16 ms', () => {
    const { parts } = run('a'.repeat(41), [], 1)
    expect(parts[0]).toBe('a')
    expect(parts).toHaveLength(4)
    expect(parts.join('')).toBe('a'.repeat(41))
  })

  it('never splits a character', () => {
    const { parts } = run('né👋é', [], 100)
    expect(parts).toEqual(['n', 'é', '👋', 'é'])
  })

  it('lets bytes through that never become a character', () => {
    const feed = new TextFeed(model, [])
    const texts = Array.from({ length: 5 }, (_, index) => feed.take(0xff as Token, index * 100)?.text ?? '')
    expect(texts.join('').length).toBeGreaterThan(0)
  })

  it('ends before a stop text, however it is cut up', () => {
    for (const gap of [1, 20]) {
      const { parts, isStopped } = run('Hello<|end|>more', ['<|end|>'], gap)
      expect(parts.join('')).toBe('Hello')
      expect(isStopped).toBe(true)
    }
  })

  it('gives back what only looked like a stop text', () => {
    expect(run('a <|en', ['<|end|>'], 20)).toEqual({ parts: expect.any(Array), isStopped: false })
    expect(run('a <|en', ['<|end|>'], 20).parts.join('')).toBe('a <|en')
  })
})
