import type { Conversation, ConversationEvent, Draft } from '#shared/contract/chat.ts'
import { AppError } from '#shared/errors.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import { changeIfRoom } from '../../platform/storage/change-if-room.ts'
import type { ConversationStore } from './conversation-store.ts'
import type { DraftPlace } from './draft-store.ts'
import { LiveConversation } from './live-conversation.ts'

/** Changes that may wait for a slow reader; beyond, it gets the conversation as it is. */
const waitingLimit = 1000

export interface ConversationName {
  workspaceId: string
  conversationId: string
}

/** The conversations of all workspaces: kept in the store, and in memory while somebody watches or an answer is written. */
export class Conversations {
  readonly #store: ConversationStore
  readonly #workspaces: { get(workspaceId: string): Promise<unknown> }
  readonly #live = new Map<string, LiveConversation>()
  readonly #listChanges = new Listeners<string>()
  readonly #erasures = new Listeners<ConversationName>()

  constructor(store: ConversationStore, workspaces: { get(workspaceId: string): Promise<unknown> }) {
    this.#store = store
    this.#workspaces = workspaces
  }

  async create(workspaceId: string): Promise<Conversation> {
    await this.#workspaces.get(workspaceId)
    const { conversation } = this.#store.create(workspaceId)
    this.#listChanges.tell(workspaceId)
    return conversation
  }

  async rename({ title, ...named }: ConversationName & { title: string }): Promise<Conversation> {
    const live = await this.open(named)
    live.append(['title-given', { title }])
    this.settle(live)
    return live.state.conversation
  }

  async delete(named: ConversationName): Promise<void> {
    const live = await this.open(named)
    live.delete()
    this.#live.delete(named.conversationId)
    this.#listChanges.tell(named.workspaceId)
    await stopAnswer(live)
    this.#erasures.tell(named)
  }

  /** Deletes what nothing was added to since then, not even text that was not sent, and nobody looks at now; the number. */
  forget(before: Date): number {
    const { drafts } = this.#store
    const old = this.#store.unchangedSince(before).filter(({ id, workspaceId }) => !this.#live.has(id) && !drafts.isYoung({ workspaceId, conversationId: id }, before))
    for (const { workspaceId, id } of old) {
      this.#store.eraseNamed(workspaceId, id)
      this.#erasures.tell({ workspaceId, conversationId: id })
    }
    for (const workspaceId of new Set(old.map(one => one.workspaceId))) this.#listChanges.tell(workspaceId)
    return old.length + drafts.forget(before)
  }

  async drafts(workspaceId: string): Promise<Draft[]> {
    await this.#workspaces.get(workspaceId)
    return this.#store.drafts.list(workspaceId)
  }

  /** Throws CONVERSATION_NOT_FOUND, so that nothing stays behind of one that was deleted, and STORAGE_FULL. */
  async keepDraft({ text, ...place }: DraftPlace & { text: string }): Promise<void> {
    await this.#workspaces.get(place.workspaceId)
    const { workspaceId, conversationId } = place
    if (text === '') return this.#store.drafts.erase(place)
    if (conversationId !== null && !this.#store.has(workspaceId, conversationId)) throw new AppError('CONVERSATION_NOT_FOUND', { id: conversationId })
    this.#store.drafts.keep(place, text)
  }

  /** What was sent stands in no field any more, also where the page that sent it has gone. */
  forgetSent({ workspaceId, conversationId }: ConversationName, prompt: string): void {
    changeIfRoom(() => {
      for (const id of [conversationId, null]) this.#store.drafts.eraseSent({ workspaceId, conversationId: id }, prompt)
    })
  }

  async watchList(workspaceId: string, signal?: AbortSignal): Promise<AsyncGenerator<{ type: 'snapshot'; conversations: Conversation[] }>> {
    await this.#workspaces.get(workspaceId)
    return liveStream<{ type: 'snapshot'; conversations: Conversation[] }>(
      push => {
        const tell = (): void => push({ type: 'snapshot', conversations: this.#store.list(workspaceId) })
        tell()
        return this.#listChanges.add(changed => {
          if (changed === workspaceId) tell()
        })
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  async watch(named: ConversationName, signal?: AbortSignal): Promise<AsyncGenerator<ConversationEvent>> {
    let watched = await this.open(named)
    return liveStream<ConversationEvent>(
      push => {
        // Another reader may have let go of it since.
        watched = this.#live.get(named.conversationId) ?? watched
        this.#live.set(named.conversationId, watched)
        push(watched.snapshot())
        const stop = watched.listeners.add(push)
        return () => {
          stop()
          this.letGo(watched)
        }
      },
      { signal, limit: waitingLimit, collapse: waiting => (waiting.some(event => event.type === 'deleted') ? { type: 'deleted' } : watched.snapshot()) },
    )
  }

  /** Told of each conversation that is gone for good. */
  onErase(listener: (named: ConversationName) => void): () => void {
    return this.#erasures.add(listener)
  }

  /** Throws WORKSPACE_NOT_FOUND, CONVERSATION_NOT_FOUND. */
  async open({ workspaceId, conversationId }: ConversationName): Promise<LiveConversation> {
    await this.#workspaces.get(workspaceId)
    const known = this.#live.get(conversationId)
    if (known?.state.conversation.workspaceId === workspaceId) return known
    const live = new LiveConversation(this.#store, this.#store.load(workspaceId, conversationId))
    this.#live.set(conversationId, live)
    failLeftAnswers(live)
    return live
  }

  /** Tells the list of a change, and lets go of what nobody needs. */
  settle(live: LiveConversation): void {
    this.#listChanges.tell(live.state.conversation.workspaceId)
    this.letGo(live)
  }

  /** Forgets a conversation that nobody watches and nobody answers; the store has it. */
  letGo(live: LiveConversation): void {
    const { id } = live.state.conversation
    if (live.isIdle && this.#live.get(id) === live) this.#live.delete(id)
  }

  /** Ends every answer; what has come is kept. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#live.values()].map(stopAnswer))
  }
}

export async function stopAnswer(live: LiveConversation): Promise<void> {
  live.answering?.controller.abort()
  await live.answering?.done
}

/** An answer that nobody writes any more was cut off by the end of the former host; its text is kept. */
function failLeftAnswers(live: LiveConversation): void {
  for (const message of live.state.messages) {
    if (message.status !== 'streaming') continue
    const error = { code: 'WORKER_CRASHED' as const, data: { worker: 'inference', reason: 'Cortex was ended while it answered' } }
    live.appendAnyway(['answer-ended', { id: message.id, status: 'failed', stopReason: 'error', tokens: message.tokens ?? 0, tokensPerSecond: null, milliseconds: null, error }])
  }
}
