import { randomUUID } from 'node:crypto'
import { SentBudget, type AskEvent, type ContextInput, type ContextUse, type PromptBudget } from '#shared/contract/chat.ts'
import { AppError } from '#shared/errors.ts'
import { usualSampling } from '#shared/sampling.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import type { ChatTurn, GenerateEvent, GenerateRequest } from '../../../native/inference/contract.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Log } from '../../platform/log/log.ts'
import type { ContextGate, Judgement } from '../../platform/labels/context-gate.ts'
import { assemblePrompt, refuseOverflow, type AssembledPrompt } from './assemble-prompt.ts'
import type { Exchange } from './chat-exchange.ts'
import type { ChatEngine, ChatModel } from './chat-engine.ts'
import { untitled } from './conversation-state.ts'
import { Conversations, stopAnswer, type ConversationName } from './conversations.ts'
import type { ConversationStore, NewChatEvent } from './conversation-store.ts'
import { historyOf } from './history.ts'
import type { LiveConversation } from './live-conversation.ts'
import { recordPrompt } from './record-prompt.ts'
import { titleOf } from './title.ts'
import { writeAnswer } from './write-answer.ts'

interface Dependencies {
  engine: ChatEngine
  gate: ContextGate
  store: ConversationStore
  workspaces: { get(workspaceId: string): Promise<unknown> }
  settings: { values(workspaceId: string | null): Promise<Pick<Settings, 'chat.answerReserve' | 'chat.temperature'>> }
  audit: Audit
  clock: Clock
  log: Log
  systemPrompt: string
  promptStates?: PromptStateKeeper
}

/** Keeps what the model has read of a conversation, so that it does not read it again after a restart. */
export interface PromptStateKeeper {
  restore(named: ConversationName, turns: readonly ChatTurn[], signal?: AbortSignal): Promise<number>
  keepSoon(named: ConversationName, turns: readonly ChatTurn[], promptTokens: number): void
  forget(named: ConversationName): Promise<void>
}

interface Question {
  prompt: string
  attachments: readonly ContextInput[]
  /** Paths of secret attachments that go along this once. */
  overrides?: readonly string[] | undefined
}

export interface AskRequest extends Question {
  maxTokens?: number | undefined
  temperature?: number | undefined
  seed?: number | undefined
  ignoreEndOfText: boolean
  /** Absolute folder that the paths of the attachments count from. */
  folder?: string | null | undefined
}

/** Conversations and their answers. An answer is written here, so that it goes on while a page reloads. */
export class ChatService {
  readonly conversations: Conversations
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.conversations = new Conversations(dependencies.store, dependencies.workspaces)
    this.conversations.onErase(named => void dependencies.promptStates?.forget(named).catch(() => undefined))
  }

  async measure({ workspaceId, conversationId, prompt, ...question }: Question & { workspaceId: string; conversationId: string | null }, signal?: AbortSignal): Promise<PromptBudget> {
    await this.#dependencies.workspaces.get(workspaceId)
    const live = conversationId === null ? null : await this.conversations.open({ workspaceId, conversationId })
    const model = await this.#dependencies.engine.ready(signal)
    const attachments = await this.#judge({ who: 'chat', place: { workspaceId }, model, isRecorded: false }, question)
    const { budget } = await this.#assemble({ workspaceId, model, history: live ? historyOf(live.state) : [], prompt, attachments }, signal)
    if (live) this.conversations.letGo(live)
    return budget
  }

  /** Resolves when the question is kept; the answer comes through `watch`. */
  async send({ prompt, attachments: given, overrides, ...named }: ConversationName & Question, signal?: AbortSignal): Promise<{ questionId: string; answerId: string; budget: PromptBudget }> {
    const live = await this.conversations.open(named)
    return this.#reserved(live, async () => {
      const model = await this.#dependencies.engine.ready(signal)
      const attachments = await this.#judge({ who: 'chat', place: { workspaceId: named.workspaceId }, model, isRecorded: true }, { attachments: given, overrides })
      const assembled = await this.#assemble({ workspaceId: named.workspaceId, model, history: historyOf(live.state), prompt, attachments }, signal)
      refuseOverflow(assembled)
      const questionId = randomUUID()
      const title: NewChatEvent[] = live.state.conversation.title === untitled ? [['title-given', { title: titleOf(prompt) }]] : []
      const question: NewChatEvent = ['question-asked', { id: questionId, text: prompt, attachmentText: assembled.keptText, attachments: assembled.budget.attachments }]
      const answerId = await this.#answer(live, { prompt, assembled, model, before: [...title, question] })
      this.conversations.forgetSent(named, prompt)
      return { questionId, answerId, budget: assembled.budget }
    })
  }

  /** Answers the last question again, as the model read it the first time; a secret that went along once does not go again. */
  async retry(named: ConversationName, signal?: AbortSignal): Promise<{ answerId: string; budget: PromptBudget }> {
    const live = await this.conversations.open(named)
    return this.#reserved(live, async () => {
      const { messages, attachmentTexts } = live.state
      const at = messages.findLastIndex(message => message.role === 'user')
      const question = messages[at]
      if (!question) throw new AppError('MESSAGE_NOT_FOUND', { id: '' })
      const model = await this.#dependencies.engine.ready(signal)
      const history = historyOf({ ...live.state, messages: messages.slice(0, at) })
      const attachments = await this.#judgeAgain(named.workspaceId, model, question.attachments)
      // Their texts stand in one: where one may not go any more, none does.
      const isKeptBack = attachments.some((use, index) => use.decision !== question.attachments[index]?.decision)
      const attachmentText = isKeptBack ? '' : (attachmentTexts.get(question.id) ?? '')
      const assembled = await this.#assemble({ workspaceId: named.workspaceId, model, history, prompt: question.text, attachments: [], attachmentText }, signal)
      refuseOverflow(assembled)
      const former = messages.slice(at + 1).map(message => message.id)
      const answerId = await this.#answer(live, { prompt: question.text, assembled, model, before: former.length > 0 ? [['messages-removed', { ids: former }]] : [] })
      return { answerId, budget: { ...assembled.budget, attachments: isKeptBack ? attachments.map(use => ({ ...use, isIncluded: false })) : attachments } }
    })
  }

  async stop(named: ConversationName): Promise<void> {
    const live = await this.conversations.open(named)
    await stopAnswer(live)
    this.conversations.letGo(live)
  }

  /** One question outside any conversation. */
  async *ask({ prompt, attachments: given, overrides, folder, maxTokens, temperature, seed, ignoreEndOfText }: AskRequest, signal?: AbortSignal): AsyncGenerator<AskEvent, void, void> {
    const model = await this.#dependencies.engine.ready(signal)
    const attachments = await this.#judge({ who: 'ask', place: { folder }, model, isRecorded: true }, { attachments: given, overrides })
    const refused = attachments.find(one => one.decision === 'refused')
    if (refused) throw new AppError('CONTEXT_REFUSED', { path: refused.path, label: refused.label, rule: refused.rule })
    const assembled = await this.#assemble({ workspaceId: null, model, history: [], prompt, attachments }, signal)
    refuseOverflow(assembled)
    const request = await this.#request(null, assembled, model)
    const limited = { ...request, maxTokens: Math.min(maxTokens ?? request.maxTokens, request.maxTokens), temperature: temperature ?? request.temperature, seed: seed ?? null, ignoreEndOfText }
    recordPrompt(this.#dependencies.audit, { kind: 'prompt.ask', prompt, assembled, model })
    yield { type: 'ask-start', modelName: model.name, budget: assembled.budget }
    for await (const event of this.#dependencies.engine.generate(limited, signal)) {
      if (event.type === 'generate-end') yield { ...event, type: 'ask-end' }
      else if (event.type !== 'tool-call') yield event
    }
  }

  dispose(): Promise<void> {
    return this.conversations.dispose()
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
        this.conversations.settle(live)
      })
    }
  }

  #judge({ model, ...request }: { who: 'chat' | 'ask'; place: { workspaceId?: string; folder?: string | null | undefined }; model: ChatModel; isRecorded: boolean }, { attachments, overrides = [] }: Omit<Question, 'prompt'>): Promise<(ContextInput & Judgement)[]> {
    return this.#dependencies.gate.judge({ ...request, items: attachments, overrides, destination: model.destination })
  }

  /** The rules may have changed since, or what a path leads to. */
  async #judgeAgain(workspaceId: string, model: ChatModel, uses: readonly ContextUse[]): Promise<ContextUse[]> {
    const items = uses.filter(use => use.isIncluded && use.decision === 'sent').map(({ kind, path, startLine, totalLines }) => ({ kind, path, startLine, totalLines, text: '' }))
    const judged = await this.#judge({ who: 'chat', place: { workspaceId }, model, isRecorded: true }, { attachments: items })
    const refused = new Map(judged.filter(one => one.decision === 'refused').map(({ path, label, rule, decision }) => [path, { label, rule, decision }]))
    return uses.map(use => ({ ...use, ...refused.get(use.path) }))
  }

  async #assemble({ workspaceId, model, ...request }: { prompt: string; attachments: readonly (ContextInput & Judgement)[]; workspaceId: string | null; model: ChatModel; history: Exchange[]; attachmentText?: string }, signal?: AbortSignal): Promise<AssembledPrompt> {
    const { engine, settings, systemPrompt } = this.#dependencies
    const { 'chat.answerReserve': reserveShare } = await settings.values(workspaceId)
    return assemblePrompt({ system: systemPrompt, contextTokens: model.contextTokens, destination: model.destination, reserveShare, ...request }, engine, signal)
  }

  async #request(workspaceId: string | null, { turns, budget }: AssembledPrompt, { preset }: ChatModel): Promise<GenerateRequest> {
    const { 'chat.temperature': temperature } = await this.#dependencies.settings.values(workspaceId)
    return { turns, maxTokens: Math.max(1, budget.contextTokens - budget.totalTokens), temperature: preset?.temperature ?? temperature, seed: null, ignoreEndOfText: false, sampling: preset?.sampling ?? usualSampling }
  }

  /** Keeps the question and the beginning of its answer, and lets the answer be written. */
  async #answer(live: LiveConversation, { prompt, assembled, model, before }: { prompt: string; assembled: AssembledPrompt; model: ChatModel; before: NewChatEvent[] }): Promise<string> {
    const { audit, clock, log } = this.#dependencies
    const id = randomUUID()
    const request = await this.#request(live.state.conversation.workspaceId, assembled, model)
    const { droppedTurns, droppedThroughId } = assembled.budget
    live.append(...before, ['answer-started', { id, modelName: model.name, droppedTurns, droppedThroughId, budget: SentBudget.parse(assembled.budget) }])
    this.conversations.settle(live)
    recordPrompt(audit, { kind: 'prompt.chat', prompt, assembled, model })
    const controller = new AbortController()
    live.answering = { controller, done: writeAnswer(this.#write(live, { request, promptTokens: assembled.budget.totalTokens }, controller.signal), { id, live, controller, clock, log }) }
    return id
  }

  /** What the model read of this conversation in an earlier life spares it reading all of it again. */
  async *#write(live: LiveConversation, { request, promptTokens }: { request: GenerateRequest; promptTokens: number }, signal: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    const { engine, promptStates } = this.#dependencies
    const { id: conversationId, workspaceId } = live.state.conversation
    const named = { workspaceId, conversationId }
    await promptStates?.restore(named, request.turns, signal)
    let answer = ''
    try {
      for await (const event of engine.generate(request, signal, { isConversation: true })) {
        if (event.type === 'text-delta') answer += event.text
        yield event
      }
    } finally {
      // What was stopped was read all the same.
      if (answer !== '') promptStates?.keepSoon(named, [...request.turns, { role: 'assistant', text: answer }], promptTokens)
    }
  }
}
