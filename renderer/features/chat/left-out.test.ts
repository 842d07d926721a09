import { describe, expect, it } from 'vitest'
import type { ChatMessage } from '#shared/contract/chat.ts'
import { firstWords, leftOut } from './left-out.ts'

function message(id: string, role: ChatMessage['role'], text: string): ChatMessage {
  return { id, role, text, createdAt: new Date(0), status: 'complete', attachments: [], droppedTurns: 0, modelName: null, tokens: null, tokensPerSecond: null, milliseconds: null, stopReason: null, error: null }
}

const messages = [message('q1', 'user', 'one'), message('a1', 'assistant', '1'), message('q2', 'user', 'two'), message('a2', 'assistant', ''), message('q3', 'user', 'three'), message('a3', 'assistant', '3'), message('q4', 'user', 'four'), message('a4', 'assistant', '4')]

describe('what was left out', () => {
  it('is every turn through the one named, without those that never were one', () => {
    expect(leftOut(messages, 'a3').map(({ id }) => id)).toEqual(['q1', 'a1', 'q3', 'a3'])
    expect(leftOut(messages, 'a1').map(({ id }) => id)).toEqual(['q1', 'a1'])
    expect(leftOut(messages, 'gone')).toEqual([])
  })

  it('is told by its first words, in one line, never through a character', () => {
    expect(firstWords('  What is\n\n\ta queue? ')).toBe('What is a queue?')
    const long = firstWords('😀'.repeat(500))
    expect([...long]).toHaveLength(121)
    expect(long.endsWith('😀…')).toBe(true)
    expect(firstWords('a'.repeat(120))).toBe('a'.repeat(120))
  })
})
