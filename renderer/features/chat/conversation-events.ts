import type { ChatMessage, Conversation, ConversationEvent } from '#shared/contract/chat.ts'

export interface ConversationState {
  conversation: Conversation | null
  messages: readonly ChatMessage[]
}

/** The conversation after an event. Null once it was deleted. */
export function afterEvent(state: ConversationState, event: ConversationEvent): ConversationState | null {
  switch (event.type) {
    case 'snapshot':
      return { conversation: event.conversation, messages: event.messages }
    case 'message-added':
      return state.messages.some(message => message.id === event.message.id)
        ? { ...state, messages: replace(state.messages, event.message.id, () => event.message) }
        : { ...state, messages: [...state.messages, event.message] }
    case 'text-delta':
      return {
        ...state,
        messages: replace(state.messages, event.messageId, message => ({
          ...message,
          text: message.text + event.text,
          tokens: event.tokens,
          tokensPerSecond: event.tokensPerSecond,
        })),
      }
    case 'message-changed':
      return { ...state, messages: replace(state.messages, event.message.id, () => event.message) }
    case 'messages-removed':
      return { ...state, messages: state.messages.filter(message => !event.messageIds.includes(message.id)) }
    case 'deleted':
      return null
  }
}

function replace(messages: readonly ChatMessage[], id: string, change: (message: ChatMessage) => ChatMessage): readonly ChatMessage[] {
  return messages.map(message => (message.id === id ? change(message) : message))
}
