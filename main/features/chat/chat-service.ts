import { randomUUID } from 'node:crypto'
import type { AskEvent, ContextInput, Conversation, ConversationEvent, PromptBudget } from '#shared/contract/chat.ts'
import { AppError } from '#shared/errors.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import type { GenerateRequest } from '../../../native/inference/contract.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import type { Log } from '../../platform/log/log.ts'
import { assemblePrompt, refuseOverflow, type AssembledPrompt } from './assemble-prompt.ts'
import type { Exchange } from './chat-exchange.ts'
import type { ChatEngine, ChatModel } from './chat-engine.ts'
import { untitled } from './conversation-state.ts'
import type { ConversationStore, NewChatEvent } from './conversation-store.ts'
import { historyOf } from './history.ts'
import { LiveConversation } from './live-conversation.ts'
import { titleOf } from './title.ts'
import { writeAnswer } from './write-answer.ts'

/** Changes that may wait for a slow reader; beyond, it gets the conversation as it is. */
const waitingLimit = 1000

interface Dependencies {
  engine: ChatEngine
  store: ConversationStore
  workspaces: { get(workspaceId: string): Promise<unknown> }
  settings: { values(workspaceId: string | null): Promise<Pick<Settings, 'chat.answerReserve' | 'chat.temperature'>> }
  clock: Clock
  log: Log
  systemPrompt: string
}

interface Named {
  workspaceId: string
  conversationId: string
}

interface Question {
  prompt: string
  attachments: ContextInput[]
}

export interface AskRequest extends Question {
  maxTokens?: number | undefined
  temperature?: number | undefined
  seed?: number | undefined
  ignoreEndOfText: boolean
}

/** Conversations and their answers. An answer is written here, so that it goes on while a page reloads. */
export class ChatService {
  readonly #dependencies: Dependencies
  readonly #live = new Map<string, LiveConversation>()
  readonly #listChanges = new Listeners<string>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async create(workspaceId: string): Promise<Conversation> {
    await this.#dependencies.workspaces.get(workspaceId)
    const { conversation } = this.#dependencies.store.create(workspaceId)
    this.#listChanges.tell(workspaceId)
    return conversation
  }

  async rename({ title, ...named }: Named & { title: string }): Promise<Conversation> {
    const live = await this.#open(named)
    live.append(['title-given', { title }])
    this.#settle(live)
    return live.state.conversation
  }

  async delete(named: Named): Promise<void> {
    const live = await this.#open(named)
    live.delete()
    this.#live.delete(named.conversationId)
    this.#listChanges.tell(named.workspaceId)
    await stopAnswer(live)
  }

  async watchList(workspaceId: string, signal?: AbortSignal): Promise<AsyncGenerator<{ type: 'snapshot'; conversations: Conversation[] }>> {
    const { store, workspaces } = this.#dependencies
    await workspaces.get(workspaceId)
    return liveStream<{ type: 'snapshot'; conversations: Conversation[] }>(
      push => {
        const tell = (): void => push({ type: 'snapshot', conversations: store.list(workspaceId) })
        tell()
        return this.#listChanges.add(changed => {
          if (changed === workspaceId) tell()
        })
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  async watch(named: Named, signal?: AbortSignal): Promise<AsyncGenerator<ConversationEvent>> {
    const live = await this.#open(named)
    return liveStream<ConversationEvent>(
      push => {
        // Another reader may have let go of it since.
        const watched = this.#live.get(named.conversationId) ?? live
        this.#live.set(named.conversationId, watched)
        push(watched.snapshot())
        const stop = watched.listeners.add(push)
        return () => {
          stop()
          this.#forgetIdle(watched)
        }
      },
      { signal, limit: waitingLimit, collapse: waiting => (waiting.some(event => event.type === 'deleted') ? { type: 'deleted' } : live.snapshot()) },
    )
  }

  async measure({ workspaceId, conversationId, ...question }: Question & { workspaceId: string; conversationId: string | null }, signal?: AbortSignal): Promise<PromptBudget> {
    await this.#dependencies.workspaces.get(workspaceId)
    const live = conversationId === null ? null : await this.#open({ workspaceId, conversationId })
    const model = await this.#dependencies.engine.ready(signal)
    const { budget } = await this.#assemble({ workspaceId, model, history: live ? historyOf(live.state) : [], ...question }, signal)
    if (live) this.#forgetIdle(live)
    return budget
  }

  /** Resolves when the question is kept; the answer comes through `watch`. */
  async send({ prompt, attachments, ...named }: Named & Question, signal?: AbortSignal): Promise<{ questionId: string; answerId: string; budget: PromptBudget }> {
    const live = await this.#open(named)
    return this.#reserved(live, async () => {
      const model = await this.#dependencies.engine.ready(signal)
      const assembled = await this.#assemble({ workspaceId: named.workspaceId, model, history: historyOf(live.state), prompt, attachments }, signal)
      refuseOverflow(assembled)
      const questionId = randomUUID()
      const title: NewChatEvent[] = live.state.conversation.title === untitled ? [['title-given', { title: titleOf(prompt) }]] : []
      const question: NewChatEvent = ['question-asked', { id: questionId, text: prompt, attachmentText: assembled.attachmentText, attachments: assembled.budget.attachments }]
      const answerId = await this.#answer(live, { assembled, model, before: [...title, question] })
      return { questionId, answerId, budget: assembled.budget }
    })
  }

  /** Answers the last question again, as the model read it the first time. */
  async retry(named: Named, signal?: AbortSignal): Promise<{ answerId: string; budget: PromptBudget }> {
    const live = await this.#open(named)
    return this.#reserved(live, async () => {
      const { messages, attachmentTexts } = live.state
      const at = messages.findLastIndex(message => message.role === 'user')
      const question = messages[at]
      if (!question) throw new AppError('MESSAGE_NOT_FOUND', { id: '' })
      const model = await this.#dependencies.engine.ready(signal)
      const history = historyOf({ ...live.state, messages: messages.slice(0, at) })
      const attachmentText = attachmentTexts.get(question.id) ?? ''
      const assembled = await this.#assemble({ workspaceId: named.workspaceId, model, history, prompt: question.text, attachments: [], attachmentText }, signal)
      refuseOverflow(assembled)
      const former = messages.slice(at + 1).map(message => message.id)
      const answerId = await this.#answer(live, { assembled, model, before: former.length > 0 ? [['messages-removed', { ids: former }]] : [] })
      return { answerId, budget: { ...assembled.budget, attachments: question.attachments } }
    })
  }

  async stop(named: Named): Promise<void> {
    await stopAnswer(await this.#open(named))
  }

  /** One question outside any conversation. */
  async *ask({ prompt, attachments, maxTokens, temperature, seed, ignoreEndOfText }: AskRequest, signal?: AbortSignal): AsyncGenerator<AskEvent, void, void> {
    const model = await this.#dependencies.engine.ready(signal)
    const assembled = await this.#assemble({ workspaceId: null, model, history: [], prompt, attachments }, signal)
    refuseOverflow(assembled)
    const request = await this.#request(null, assembled)
    const limited = { ...request, maxTokens: Math.min(maxTokens ?? request.maxTokens, request.maxTokens), temperature: temperature ?? request.temperature, seed: seed ?? null, ignoreEndOfText }
    yield { type: 'ask-start', modelName: model.name, budget: assembled.budget }
    for await (const event of this.#dependencies.engine.generate(limited, signal)) yield event.type === 'generate-end' ? { ...event, type: 'ask-end' } : event
  }

  /** Ends every answer; what has come is kept. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#live.values()].map(stopAnswer))
  }

  async #open({ workspaceId, conversationId }: Named): Promise<LiveConversation> {
    await this.#dependencies.workspaces.get(workspaceId)
    const known = this.#live.get(conversationId)
    if (known?.state.conversation.workspaceId === workspaceId) return known
    const live = new LiveConversation(this.#dependencies.store, this.#dependencies.store.load(workspaceId, conversationId))
    this.#live.set(conversationId, live)
    failLeftAnswers(live)
    return live
  }

  /** Runs `work` while nobody else may ask here; what it started goes on until the answer has ended. */
  async #reserved<T>(live: LiveConversation, work: () => Promise<T>): Promise<T> {
    const release = live.reserve()
    try {
      return await work()
    } finally {
      const { done = Promise.resolve() } = live.answering ?? {}
      void done.then(() => {
        live.answering = null
        release()
        this.#settle(live)
      })
    }
  }

  async #assemble({ workspaceId, model, ...request }: Question & { workspaceId: string | null; model: ChatModel; history: Exchange[]; attachmentText?: string }, signal?: AbortSignal): Promise<AssembledPrompt> {
    const { engine, settings, systemPrompt } = this.#dependencies
    const { 'chat.answerReserve': reserveShare } = await settings.values(workspaceId)
    return assemblePrompt({ system: systemPrompt, contextTokens: model.contextTokens, reserveShare, ...request }, engine, signal)
  }

  async #request(workspaceId: string | null, { turns, budget }: AssembledPrompt): Promise<GenerateRequest> {
    const { 'chat.temperature': temperature } = await this.#dependencies.settings.values(workspaceId)
    return { turns, maxTokens: Math.max(1, budget.contextTokens - budget.totalTokens), temperature, seed: null, ignoreEndOfText: false }
  }

  /** Keeps the question and the beginning of its answer, and lets the answer be written. */
  async #answer(live: LiveConversation, { assembled, model, before }: { assembled: AssembledPrompt; model: ChatModel; before: NewChatEvent[] }): Promise<string> {
    const { engine, clock, log } = this.#dependencies
    const id = randomUUID()
    const request = await this.#request(live.state.conversation.workspaceId, assembled)
    live.append(...before, ['answer-started', { id, modelName: model.name, droppedTurns: assembled.budget.droppedTurns }])
    this.#listChanges.tell(live.state.conversation.workspaceId)
    const controller = new AbortController()
    live.answering = { controller, done: writeAnswer(engine.generate(request, controller.signal), { id, live, controller, clock, log }) }
    return id
  }

  #settle(live: LiveConversation): void {
    this.#listChanges.tell(live.state.conversation.workspaceId)
    this.#forgetIdle(live)
  }

  #forgetIdle(live: LiveConversation): void {
    const { id } = live.state.conversation
    if (live.isIdle && this.#live.get(id) === live) this.#live.delete(id)
  }
}

async function stopAnswer(live: LiveConversation): Promise<void> {
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
