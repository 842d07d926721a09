import type { ChatMessage, Conversation } from '#shared/contract/chat.ts'
import { highest } from '#shared/sensitivity.ts'
import type { ChatEvent, ChatEventData } from './chat-events.ts'

export const untitled = 'New conversation'

/** A conversation as its events make it. */
export interface ConversationState {
  conversation: Conversation
  messages: ChatMessage[]
  /** What the model read of the attachments of each question. */
  attachmentTexts: Map<string, string>
}

export function emptyState(id: string, workspaceId: string, at: Date): ConversationState {
  return { conversation: { id, workspaceId, title: untitled, createdAt: at, updatedAt: at, messageCount: 0, label: 'internal' }, messages: [], attachmentTexts: new Map() }
}

/** The state after one more event; the former state is left as it is, its map of attachments aside. */
export function applyEvent(state: ConversationState, { kind, data, at }: ChatEvent): ConversationState {
  switch (kind) {
    case 'conversation-created':
      return state
    case 'title-given':
      return { ...state, conversation: { ...state.conversation, title: data.title } }
    case 'question-asked':
      state.attachmentTexts.set(data.id, data.attachmentText)
      return labelled(withMessages(state, [...state.messages, questionOf(data, at)], at), data.attachments)
    case 'answer-started':
      return withMessages(state, [...state.messages, answerOf(data, at)], at)
    case 'answer-text':
      return change(state, data.id, message => ({ ...message, text: message.text + data.text, tokens: data.tokens }))
    case 'answer-ended': {
      const { id: _id, ...ending } = data
      return change(state, data.id, message => ({ ...message, ...ending }))
    }
    case 'messages-removed':
      return withMessages(state, state.messages.filter(message => !data.ids.includes(message.id)), at)
  }
}

const noFigures = { tokens: null, tokensPerSecond: null, milliseconds: null, stopReason: null, error: null }

function questionOf({ id, text, attachments }: ChatEventData<'question-asked'>, createdAt: Date): ChatMessage {
  return { id, role: 'user', text, createdAt, status: 'complete', attachments, droppedTurns: 0, modelName: null, ...noFigures }
}

function answerOf(started: ChatEventData<'answer-started'>, createdAt: Date): ChatMessage {
  return { ...started, role: 'assistant', text: '', createdAt, status: 'streaming', attachments: [], ...noFigures }
}

function withMessages(state: ConversationState, messages: ChatMessage[], at: Date): ConversationState {
  return { ...state, messages, conversation: { ...state.conversation, updatedAt: at, messageCount: messages.length } }
}

/** What the model has read may stand in its answers, so that the label never sinks again. */
function labelled(state: ConversationState, attachments: ChatEventData<'question-asked'>['attachments']): ConversationState {
  const label = highest([state.conversation.label, ...attachments.filter(use => use.isIncluded).map(use => use.label)])
  return { ...state, conversation: { ...state.conversation, label } }
}

function change(state: ConversationState, id: string, update: (message: ChatMessage) => ChatMessage): ConversationState {
  return { ...state, messages: state.messages.map(message => (message.id === id ? update(message) : message)) }
}
