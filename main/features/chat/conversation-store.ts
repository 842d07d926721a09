import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Conversation } from '#shared/contract/chat.ts'
import { AppError } from '#shared/errors.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'
import { readChatEvent, type ChatEvent, type ChatEventData, type ChatEventKind } from './chat-events.ts'
import { applyEvent, emptyState, type ConversationState } from './conversation-state.ts'
import { DraftStore } from './draft-store.ts'

const Entry = Conversation.extend({ createdAt: z.coerce.date(), updatedAt: z.coerce.date() })

/** What to append: a kind and its data. */
export type NewChatEvent = { [K in ChatEventKind]: readonly [kind: K, data: ChatEventData<K>] }[ChatEventKind]

/** Conversations as events, one stream each, with a list beside them that can be made again from the streams. */
export class ConversationStore {
  readonly drafts: DraftStore
  readonly #storage: Storage
  readonly #clock: Clock
  readonly #list: Collection<Conversation>
  readonly #checked = new Set<string>()

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage
    this.#clock = clock
    this.#list = storage.collection('conversations', Entry)
    this.drafts = new DraftStore(storage, clock)
  }

  create(workspaceId: string): ConversationState {
    const state = emptyState(randomUUID(), workspaceId, this.#clock.now())
    return this.append(state, [['conversation-created', {}]])
  }

  /** Throws CONVERSATION_NOT_FOUND. */
  load(workspaceId: string, id: string): ConversationState {
    const state = this.#replay(workspaceId, id)
    if (!state) throw new AppError('CONVERSATION_NOT_FOUND', { id })
    return state
  }

  has(workspaceId: string, id: string): boolean {
    return this.#list.get(streamOf(workspaceId, id)) !== null || this.#replay(workspaceId, id) !== null
  }

  /** Appends events, all or none, and gives the state after them. Throws STORAGE_FULL. */
  append(state: ConversationState, events: readonly NewChatEvent[]): ConversationState {
    const stream = streamOf(state.conversation.workspaceId, state.conversation.id)
    return this.#storage.transaction(() => {
      let next = state
      for (const [kind, data] of events) {
        const { at } = this.#storage.events.append(stream, kind, data)
        // Kind and data came as one pair.
        next = applyEvent(next, { kind, data, at } as ChatEvent)
      }
      if (next.conversation !== state.conversation || state.messages.length === 0) this.#list.put(stream, next.conversation)
      return next
    })
  }

  erase({ conversation: { workspaceId, id } }: ConversationState): void {
    this.eraseNamed(workspaceId, id)
  }

  eraseNamed(workspaceId: string, id: string): void {
    const stream = streamOf(workspaceId, id)
    this.#storage.transaction(() => {
      this.#storage.events.erase(stream)
      this.#list.delete(stream)
      this.drafts.erase({ workspaceId, conversationId: id })
    })
  }

  /** Conversations of a workspace, newest first. */
  list(workspaceId: string): Conversation[] {
    const prefix = streamOf(workspaceId, '')
    if (!this.#checked.has(workspaceId)) this.#rebuild(prefix, workspaceId)
    const conversations = this.#list.entries(prefix).map(entry => entry.value)
    return conversations.sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime())
  }

  /** Conversations of all workspaces that nothing was added to since then. One that only looks old, kept while the clock was behind, follows a newer event. */
  unchangedSince(before: Date): Conversation[] {
    const { events } = this.#storage
    const newer = events.firstBetween(before, this.#clock.now()) ?? Infinity
    const old = this.#list.entries().filter(({ value }) => value.updatedAt < before)
    return old.filter(({ key }) => events.read(key, newer === Infinity ? Number.MAX_SAFE_INTEGER : newer).length === 0).map(entry => entry.value)
  }

  /** Once per start: puts what the list lacks back into it. */
  #rebuild(prefix: string, workspaceId: string): void {
    for (const stream of this.#storage.events.streams(prefix)) {
      if (this.#list.get(stream)) continue
      const state = this.#replay(workspaceId, stream.slice(prefix.length))
      if (state) this.#list.put(stream, state.conversation)
    }
    this.#checked.add(workspaceId)
  }

  #replay(workspaceId: string, id: string): ConversationState | null {
    const stored = this.#storage.events.read(streamOf(workspaceId, id))
    const first = stored[0]
    if (!first) return null
    let state = emptyState(id, workspaceId, first.at)
    for (const one of stored) {
      const event = readChatEvent(one)
      if (event) state = applyEvent(state, event)
    }
    return state
  }
}

function streamOf(workspaceId: string, id: string): string {
  return `conversation/${workspaceId}/${id}`
}
