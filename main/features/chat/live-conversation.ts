import type { ChatMessage, ConversationEvent } from '#shared/contract/chat.ts'
import { AppError } from '#shared/errors.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import type { ChatEvent } from './chat-events.ts'
import { applyEvent, type ConversationState } from './conversation-state.ts'
import type { ConversationStore, NewChatEvent } from './conversation-store.ts'

interface Answering {
  controller: AbortController
  done: Promise<void>
}

/** A conversation that somebody watches or that is being answered: its stored state, and the text that is not stored yet. */
export class LiveConversation {
  readonly listeners = new Listeners<ConversationEvent>()
  answering: Answering | null = null
  readonly #store: ConversationStore
  #state: ConversationState
  #unsaved: { id: string; text: string; tokens: number } | null = null
  /** Events that the disk had no room for; they go before the next. */
  #backlog: NewChatEvent[] = []
  #isReserved = false
  #isDeleted = false

  constructor(store: ConversationStore, state: ConversationState) {
    this.#store = store
    this.#state = state
  }

  get state(): ConversationState {
    return this.#state
  }

  get isIdle(): boolean {
    return !this.#isReserved && this.listeners.size === 0 && this.#backlog.length === 0
  }

  snapshot(): Extract<ConversationEvent, { type: 'snapshot' }> {
    return { type: 'snapshot', conversation: this.#state.conversation, messages: this.#state.messages.map(message => this.#withUnsaved(message)) }
  }

  /** Until the returned function is called nobody else may ask. Throws CONVERSATION_BUSY. */
  reserve(): () => void {
    if (this.#isReserved) throw new AppError('CONVERSATION_BUSY', { id: this.#state.conversation.id })
    this.#isReserved = true
    return () => {
      this.#isReserved = false
    }
  }

  /** Keeps events and tells who watches. Throws STORAGE_FULL, CONVERSATION_NOT_FOUND when it was deleted meanwhile; then nothing has changed. */
  append(...events: NewChatEvent[]): void {
    if (this.#isDeleted) throw new AppError('CONVERSATION_NOT_FOUND', { id: this.#state.conversation.id })
    const before = this.#state
    const saving = this.#unsaved
    const text: NewChatEvent[] = saving ? [['answer-text', saving]] : []
    this.#state = this.#store.append(before, [...this.#backlog, ...text, ...events])
    this.#backlog = []
    if (saving === this.#unsaved) this.#unsaved = null
    this.#tell(events)
  }

  /** As `append`, but shown at once even where the disk has no room; what could not be kept is tried again with the next events. */
  appendAnyway(...events: NewChatEvent[]): void {
    if (this.#isDeleted) return
    try {
      this.append(...events)
    } catch {
      const unsaved: NewChatEvent[] = this.#unsaved ? [['answer-text', this.#unsaved]] : []
      const late = [...unsaved, ...events]
      // Kind and data come as one pair.
      for (const [kind, data] of late) this.#state = applyEvent(this.#state, { kind, data, at: this.#state.conversation.updatedAt } as ChatEvent)
      this.#backlog.push(...late)
      this.#unsaved = null
      this.#tell(events)
    }
  }

  /** Shows text of a running answer; `save` keeps it. `tokens` counts all so far. */
  addText(id: string, text: string, tokens: number, tokensPerSecond: number | null): void {
    this.#unsaved = { id, text: (this.#unsaved?.text ?? '') + text, tokens }
    this.listeners.tell({ type: 'text-delta', messageId: id, text, tokens, tokensPerSecond })
  }

  save(): void {
    if (this.#unsaved) this.append()
  }

  delete(): void {
    this.#store.erase(this.#state)
    this.#isDeleted = true
    this.#backlog = []
    this.listeners.tell({ type: 'deleted' })
  }

  #tell(events: readonly NewChatEvent[]): void {
    // Only a snapshot carries the title, and it carries all the rest.
    if (events.some(([kind]) => kind === 'title-given')) return this.listeners.tell(this.snapshot())
    for (const [kind, data] of events) {
      if (kind === 'question-asked' || kind === 'answer-started') this.#tellMessage('message-added', data.id)
      else if (kind === 'answer-ended') this.#tellMessage('message-changed', data.id)
      else if (kind === 'messages-removed') this.listeners.tell({ type: 'messages-removed', messageIds: data.ids })
    }
  }

  #tellMessage(type: 'message-added' | 'message-changed', id: string): void {
    const message = this.#state.messages.find(one => one.id === id)
    if (message) this.listeners.tell({ type, message: this.#withUnsaved(message) })
  }

  #withUnsaved(message: ChatMessage): ChatMessage {
    if (this.#unsaved?.id !== message.id) return message
    return { ...message, text: message.text + this.#unsaved.text, tokens: this.#unsaved.tokens }
  }
}
