import { describe, expect, it } from 'vitest'
import type { ChatMessage, Conversation } from '#shared/contract/chat.ts'
import { afterEvent, type ConversationState } from './conversation-events.ts'

const at = new Date('2026-01-01')
const conversation: Conversation = { id: 'c', workspaceId: 'w', title: 'A title', createdAt: at, updatedAt: at, messageCount: 1, label: 'internal' }

function message(id: string, change: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id, role: 'assistant', text: '', createdAt: at, status: 'streaming', attachments: [], droppedTurns: 0, modelName: 'm', tokens: null, tokensPerSecond: null, milliseconds: null, stopReason: null, error: null, ...change,
  }
}

const start: ConversationState = { conversation, messages: [message('a')] }

describe('conversation events', () => {
  it('appends streamed text to its message only and leaves the others as they are', () => {
    const state = { ...start, messages: [message('q'), message('a', { text: 'Hel' })] }
    const next = afterEvent(state, { type: 'text-delta', messageId: 'a', text: 'lo', tokens: 2, tokensPerSecond: 40 })
    expect(next?.messages[1]).toMatchObject({ text: 'Hello', tokens: 2, tokensPerSecond: 40 })
    expect(next?.messages[0]).toBe(state.messages[0])
  })

  it('takes a snapshot whole, so watching again after a break repeats nothing', () => {
    const next = afterEvent({ conversation, messages: [message('a', { text: 'old' })] }, { type: 'snapshot', conversation, messages: [message('b')] })
    expect(next?.messages.map(one => one.id)).toEqual(['b'])
  })

  it('adds once, changes and removes', () => {
    const added = afterEvent(start, { type: 'message-added', message: message('b') })
    expect(added?.messages.map(one => one.id)).toEqual(['a', 'b'])
    expect(afterEvent(added ?? start, { type: 'message-added', message: message('b', { text: 'x' }) })?.messages).toHaveLength(2)
    expect(afterEvent(start, { type: 'message-changed', message: message('a', { status: 'stopped' }) })?.messages[0]?.status).toBe('stopped')
    expect(afterEvent(start, { type: 'messages-removed', messageIds: ['a'] })?.messages).toEqual([])
    expect(afterEvent(start, { type: 'deleted' })).toBeNull()
  })
})
