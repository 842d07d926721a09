import { describe, expect, it } from 'vitest'
import type { ChatMessage, ContextInput, PromptBudget, SentBudget } from '#shared/contract/chat.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeContextGate } from '../../platform/labels/fake-context-gate.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { FakeEngine } from '../models/fake-engine.ts'
import { ChatService } from './chat-service.ts'
import { readChatEvent } from './chat-events.ts'
import { ConversationStore } from './conversation-store.ts'

function start(storage: Storage = openFakeStorage()) {
  const engine = new FakeEngine()
  const log = new FakeLog()
  const audit = new FakeAudit()
  const service = new ChatService({
    engine, audit, log, clock: systemClock, gate: new FakeContextGate(), store: new ConversationStore(storage, systemClock), systemPrompt: 'be brief',
    workspaces: { get: async () => ({}) },
    settings: { values: async () => ({ 'chat.answerReserve': 0.33, 'chat.temperature': 0.2 }) },
  })
  return { service, engine, storage, log, audit }
}

type Named = { workspaceId: string; conversationId: string }

async function create(service: ChatService): Promise<Named> {
  const { id } = await service.conversations.create('w1')
  return { workspaceId: 'w1', conversationId: id }
}

/** The messages once the last answer has ended. */
async function messagesOf(service: ChatService, named: Named): Promise<readonly ChatMessage[]> {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(10_000)])
  try {
    let messages: readonly ChatMessage[] = []
    for await (const event of await service.conversations.watch(named, signal)) {
      if (event.type === 'snapshot') messages = event.messages
      else if (event.type === 'message-changed') messages = messages.map(message => (message.id === event.message.id ? event.message : message))
      if (messages.length > 0 && messages.every(message => message.status !== 'streaming')) return messages
    }
    throw new Error('The answer did not end')
  } finally {
    controller.abort()
  }
}

async function ask(service: ChatService, named: Named, prompt: string, attachments: ContextInput[] = []): Promise<{ budget: PromptBudget; messages: readonly ChatMessage[] }> {
  const { budget } = await service.send({ ...named, prompt, attachments })
  return { budget, messages: await messagesOf(service, named) }
}

const sumOf = ({ systemTokens, filesTokens, historyTokens, toolsTokens = 0, promptTokens }: SentBudget): number => systemTokens + filesTokens + historyTokens + toolsTokens + promptTokens
const selection: ContextInput = { kind: 'selection', path: 'a.ts', startLine: 3, totalLines: 9, text: 'const a = 1' }

describe('the budget of an answer', () => {
  it('is kept with it, adds up, and is there after a restart', async () => {
    const { service, storage } = start()
    const named = await create(service)
    await ask(service, named, 'first')
    const { budget, messages } = await ask(service, named, 'second', [selection])
    const answer = messages.at(-1)!
    expect(answer.budget).toEqual({
      contextTokens: 1024, systemTokens: 2, filesTokens: budget.attachments[0]!.tokens, historyTokens: 4, promptTokens: budget.promptTokens, answerReserveTokens: 337, totalTokens: budget.totalTokens,
    })
    expect(sumOf(answer.budget!)).toBe(budget.totalTokens)
    expect(messages[2]).not.toHaveProperty('budget')
    const again = await messagesOf(start(storage).service, named)
    expect(again.map(message => message.budget)).toEqual(messages.map(message => message.budget))
  })

  it('counts files as files when the question is answered again', async () => {
    const { service } = start()
    const named = await create(service)
    const { budget } = await ask(service, named, 'what is this', [selection])
    expect(budget.filesTokens).toBeGreaterThan(0)
    const retried = await service.retry(named)
    expect(sumOf(retried.budget)).toBe(retried.budget.totalTokens)
    const answer = (await messagesOf(service, named)).at(-1)!
    expect(answer.budget).toMatchObject({ filesTokens: budget.filesTokens, totalTokens: budget.totalTokens })
    expect(sumOf(answer.budget!)).toBe(budget.totalTokens)
  })

  it('names the newest turn that was left out, before it is sent and after, and writes no word of it to log or audit', async () => {
    const { service, log, audit } = start()
    const named = await create(service)
    for (let index = 0; index < 4; index++) await ask(service, named, `question ${index} ${'pelican '.repeat(200)}`)
    const before = await messagesOf(service, named)
    const measured = await service.measure({ ...named, prompt: `last ${'pelican '.repeat(200)}`, attachments: [] })
    const { messages } = await ask(service, named, `last ${'pelican '.repeat(200)}`)
    const answer = messages.at(-1)!
    expect(answer.droppedTurns).toBeGreaterThan(0)
    expect(answer.droppedTurns).toBeLessThan(8)
    expect(answer.droppedThroughId).toBe(before[answer.droppedTurns - 1]!.id)
    expect(measured).toMatchObject({ droppedTurns: answer.droppedTurns, droppedThroughId: answer.droppedThroughId })
    expect(messages[1]).toMatchObject({ droppedTurns: 0 })
    expect(messages[1]?.droppedThroughId).toBeUndefined()
    expect(JSON.stringify([log.written, audit.events])).not.toContain('pelican')
  })

  it('is absent in what an earlier version wrote, which still reads', () => {
    const event = readChatEvent({ kind: 'answer-started', data: { id: 'a', modelName: 'm', droppedTurns: 2 }, at: new Date(0) })
    expect(event).toMatchObject({ kind: 'answer-started', data: { id: 'a', modelName: 'm', droppedTurns: 2 } })
    expect(event?.data).not.toHaveProperty('budget')
  })
})
