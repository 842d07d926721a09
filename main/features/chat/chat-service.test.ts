import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { AskEvent, ChatMessage, Conversation, ConversationEvent } from '#shared/contract/chat.ts'
import { AppError } from '#shared/errors.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { FakeContextGate } from '../../platform/labels/fake-context-gate.ts'
import { FakeEngine } from '../models/fake-engine.ts'
import { ChatService } from './chat-service.ts'
import { ConversationStore } from './conversation-store.ts'

const controllers: AbortController[] = []
afterEach(() => controllers.splice(0).forEach(controller => controller.abort()))

function start(storage: Storage = openFakeStorage(), engine = new FakeEngine()) {
  const log = new FakeLog()
  const service = new ChatService({
    engine,
    gate: new FakeContextGate(),
    store: new ConversationStore(storage, systemClock),
    workspaces: {
      get: async workspaceId => {
        if (workspaceId.startsWith('w')) return {}
        throw new AppError('WORKSPACE_NOT_FOUND', { workspaceId })
      },
    },
    settings: { values: async () => ({ 'chat.answerReserve': 0.33, 'chat.temperature': 0.2 }) },
    audit: new FakeAudit(), clock: systemClock, log, systemPrompt: 'be brief',
  })
  return { service, engine, storage, log }
}

type Service = ChatService

/** What a page knows of a conversation: the snapshot, and every change applied to it. */
class Page {
  readonly events: ConversationEvent[] = []
  messages: ChatMessage[] = []
  conversation: Conversation | null = null
  isDeleted = false
  failure: unknown
  readonly #controller = new AbortController()

  constructor(service: Service, named: { workspaceId: string; conversationId: string }) {
    controllers.push(this.#controller)
    void (async () => {
      for await (const event of await service.conversations.watch(named, this.#controller.signal)) this.#apply(event)
    })().catch((error: unknown) => (this.failure = error))
  }
  leave(): void {
    this.#controller.abort()
  }
  get last(): ChatMessage {
    return this.messages.at(-1)!
  }
  async until(test: (page: Page) => boolean): Promise<void> {
    for (let turn = 0; turn < 600 && !test(this); turn++) await sleep(5)
    expect(test(this)).toBe(true)
  }
  #apply(event: ConversationEvent): void {
    this.events.push(event)
    if (event.type === 'snapshot') [this.messages, this.conversation] = [event.messages, event.conversation]
    else if (event.type === 'message-added') this.messages = [...this.messages, event.message]
    else if (event.type === 'message-changed') this.messages = this.messages.map(message => (message.id === event.message.id ? event.message : message))
    else if (event.type === 'messages-removed') this.messages = this.messages.filter(message => !event.messageIds.includes(message.id))
    else if (event.type === 'text-delta') this.messages = this.messages.map(message => (message.id === event.messageId ? { ...message, text: message.text + event.text } : message))
    else this.isDeleted = true
  }
}

async function conversation(service: Service, workspaceId = 'w1') {
  const { id } = await service.conversations.create(workspaceId)
  return { workspaceId, conversationId: id }
}
const isDone = (page: Page) => page.messages.length > 0 && page.last.role === 'assistant' && page.last.status !== 'streaming'
const failure = (promise: Promise<unknown>) => promise.then(value => ({ value }), (error: unknown) => error)
const noAttachments = { attachments: [] }

describe('ChatService', () => {
  it('keeps a question and streams its answer to whoever watches', async () => {
    const { service, engine } = start()
    const named = await conversation(service)
    const page = new Page(service, named)
    await page.until(one => one.events.length === 1)
    const sent = await service.send({ ...named, prompt: 'What is *this*?', ...noAttachments })
    expect(sent.budget).toMatchObject({ contextTokens: 1024, droppedTurns: 0 })
    await page.until(isDone)
    expect(page.messages).toMatchObject([
      { id: sent.questionId, role: 'user', text: 'What is *this*?', status: 'complete' },
      { id: sent.answerId, role: 'assistant', text: 'A short answer.', status: 'complete', stopReason: 'end-of-text', modelName: 'Fake model', tokens: 3, error: null },
    ])
    expect(page.events.filter(event => event.type === 'text-delta')).toHaveLength(3)
    expect(page.conversation).toMatchObject({ title: 'What is this?', messageCount: 2 })
    expect([engine.asked[0], engine.ofConversations]).toMatchObject([{ temperature: 0.2, maxTokens: 1024 - sent.budget.totalTokens, turns: [{ role: 'system', text: 'be brief' }, { role: 'user', text: 'What is *this*?' }] }, [true]])
  })

  it('sends the former turns as the model read them', async () => {
    const { service, engine } = start()
    const named = await conversation(service)
    const page = new Page(service, named)
    const selection = { kind: 'selection' as const, path: 'a.ts', startLine: 3, totalLines: 9, text: 'const a = 1' }
    await service.send({ ...named, prompt: 'first', attachments: [selection] })
    await page.until(isDone)
    expect(page.messages[0]?.attachments).toMatchObject([{ path: 'a.ts', startLine: 3, endLine: 3, isIncluded: true }])
    await service.send({ ...named, prompt: 'second', ...noAttachments })
    await page.until(one => one.messages.length === 4 && isDone(one))
    expect(engine.asked[1]?.turns.map(turn => turn.text)).toEqual(['be brief', 'a.ts, line 3 of 9:\n```ts\nconst a = 1\n```', 'I have read it.', 'first', 'A short answer.', 'second'])
  })

  it('goes on with an answer that nobody watches, and shows all of it to a page that comes back', async () => {
    const { service, engine } = start()
    engine.answers = ['one two three four five six seven eight nine ten']
    engine.millisecondsPerToken = 10
    const named = await conversation(service)
    const first = new Page(service, named)
    await service.send({ ...named, prompt: 'count', ...noAttachments })
    await first.until(page => page.messages.length === 2 && page.last.text.includes('two'))
    first.leave()
    const second = new Page(service, named)
    await second.until(page => page.events.length > 0)
    expect(second.events[0]).toMatchObject({ type: 'snapshot', messages: [{}, { status: 'streaming', text: expect.stringContaining('two') as string }] })
    await second.until(isDone)
    expect(second.last.text).toBe(engine.answers[0])
  })

  it('answers one question at a time', async () => {
    const { service, engine } = start()
    engine.millisecondsPerToken = 20
    const named = await conversation(service)
    const page = new Page(service, named)
    const both = await Promise.all([failure(service.send({ ...named, prompt: 'a', ...noAttachments })), failure(service.send({ ...named, prompt: 'b', ...noAttachments }))])
    expect(both[1]).toMatchObject({ code: 'CONVERSATION_BUSY', data: { id: named.conversationId } })
    expect(await failure(service.retry(named))).toMatchObject({ code: 'CONVERSATION_BUSY' })
    await page.until(isDone)
    await sleep(5)
    await service.send({ ...named, prompt: 'c', ...noAttachments })
  })

  it('stops an answer and keeps what has come', async () => {
    const { service, engine } = start()
    engine.answers = ['word '.repeat(100)]
    engine.millisecondsPerToken = 10
    const named = await conversation(service)
    const page = new Page(service, named)
    await service.send({ ...named, prompt: 'go on', ...noAttachments })
    await page.until(one => one.messages.length === 2 && one.last.text.length > 8)
    await service.stop(named)
    expect(engine.running).toBe(0)
    await page.until(isDone)
    expect(page.last).toMatchObject({ status: 'stopped', stopReason: 'stopped', error: null })
    expect(page.last.text.length).toBeGreaterThan(8)
    await service.stop(named)
  })

  it('keeps the text of an answer whose engine crashed, with a typed error, and answers the next question', async () => {
    const { service, engine, storage } = start()
    engine.answers = ['one two three four', 'fine']
    engine.failure = { afterTokens: 2, error: new AppError('WORKER_CRASHED', { worker: 'inference', reason: 'signal SIGSEGV' }) }
    const named = await conversation(service)
    const page = new Page(service, named)
    await service.send({ ...named, prompt: 'count', ...noAttachments })
    await page.until(isDone)
    expect(page.last).toMatchObject({ status: 'failed', stopReason: 'error', text: 'one two', tokens: 2, error: { code: 'WORKER_CRASHED', data: { worker: 'inference', reason: 'signal SIGSEGV' } } })
    await sleep(5)
    await service.send({ ...named, prompt: 'again', ...noAttachments })
    await page.until(one => one.messages.length === 4 && isDone(one))
    expect(page.last.text).toBe('fine')
    const reopened = new Page(start(storage).service, named)
    await reopened.until(one => one.messages.length === 4)
    expect(reopened.messages.map(message => message.text)).toEqual(['count', 'one two', 'again', 'fine'])
  })

  it('shows an error of our own making as a crash, and logs its kind but not its words', async () => {
    const { service, engine, log } = start()
    engine.failure = { afterTokens: 1, error: new TypeError('the secret prompt') }
    const named = await conversation(service)
    const page = new Page(service, named)
    await service.send({ ...named, prompt: 'x', ...noAttachments })
    await page.until(isDone)
    expect(page.last).toMatchObject({ status: 'failed', error: { code: 'WORKER_CRASHED' } })
    expect(JSON.stringify(log.written)).toContain('TypeError')
    expect(JSON.stringify(log.written)).not.toContain('secret')
  })

  it('replaces the former answer when asked to retry, also after a refusal', async () => {
    const { service, engine } = start()
    engine.answers = ['first answer', 'second answer']
    const named = await conversation(service)
    const page = new Page(service, named)
    expect(await failure(service.retry(named))).toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
    const selection = { kind: 'selection' as const, path: 'a.ts', startLine: 3, totalLines: 9, text: 'const a = 1' }
    const { questionId, answerId } = await service.send({ ...named, prompt: 'q', attachments: [selection] })
    await page.until(isDone)
    await sleep(5)
    const retried = await service.retry(named)
    expect(retried.answerId).not.toBe(answerId)
    expect(retried.budget.attachments).toMatchObject([{ path: 'a.ts' }])
    await page.until(one => one.last.id === retried.answerId && isDone(one))
    expect(page.messages.map(message => message.text)).toEqual(['q', 'second answer'])
    expect(page.messages[0]?.id).toBe(questionId)
    expect(engine.asked[1]?.turns).toEqual(engine.asked[0]?.turns)
    expect(page.events.some(event => event.type === 'messages-removed')).toBe(true)
  })

  it('refuses what cannot be answered, and keeps nothing of it', async () => {
    const { service, engine } = start()
    const named = await conversation(service)
    const page = new Page(service, named)
    expect(await failure(service.send({ ...named, prompt: 'word '.repeat(2000), ...noAttachments }))).toMatchObject({ code: 'CONTEXT_OVERFLOW', data: { contextTokens: 1024, availableTokens: 687 } })
    engine.model = null
    expect(await failure(service.send({ ...named, prompt: 'x', ...noAttachments }))).toMatchObject({ code: 'MODEL_NOT_LOADED' })
    expect(await failure(service.send({ workspaceId: 'none', conversationId: 'x', prompt: 'x', ...noAttachments }))).toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    expect(await failure(service.send({ ...named, workspaceId: 'w2', prompt: 'x', ...noAttachments }))).toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    expect(await failure(service.conversations.watch({ workspaceId: 'w1', conversationId: 'none' }))).toMatchObject({ code: 'CONVERSATION_NOT_FOUND', data: { id: 'none' } })
    expect(page.messages).toEqual([])
    engine.model = { id: 'fake', name: 'Fake model', contextTokens: 1024, canChat: true, canFill: true, canEmbed: false, canRerank: false, destination: 'local' }
    await service.send({ ...named, prompt: 'x', ...noAttachments })
    await page.until(isDone)
  })

  it('measures without sending, in a conversation and without one', async () => {
    const { service, engine } = start()
    const named = await conversation(service)
    const page = new Page(service, named)
    await service.send({ ...named, prompt: 'one two', ...noAttachments })
    await page.until(isDone)
    const alone = await service.measure({ workspaceId: 'w1', conversationId: null, prompt: 'a b c', ...noAttachments })
    expect(alone).toMatchObject({ systemTokens: 2, historyTokens: 0, answerReserveTokens: 337, totalTokens: 11 })
    const inside = await service.measure({ ...named, prompt: 'a b c', ...noAttachments })
    expect(inside.historyTokens).toBe(5)
    expect(inside.systemTokens + inside.historyTokens + inside.promptTokens).toBe(inside.totalTokens)
    expect((await service.measure({ ...named, prompt: 'word '.repeat(2000), ...noAttachments })).totalTokens).toBeGreaterThan(1024)
    expect(engine.asked).toHaveLength(1)
  })

  it('asks one question outside any conversation', async () => {
    const { service, engine } = start()
    const events: AskEvent[] = []
    for await (const event of service.ask({ prompt: 'hello', attachments: [], ignoreEndOfText: false })) events.push(event)
    expect(events[0]).toMatchObject({ type: 'ask-start', modelName: 'Fake model', budget: { contextTokens: 1024 } })
    expect(events.flatMap(event => (event.type === 'text-delta' ? [event.text] : [])).join('')).toBe('A short answer.')
    expect(events.at(-1)).toMatchObject({ type: 'ask-end', stopReason: 'end-of-text', tokens: 3 })
    for await (const event of service.ask({ prompt: 'hello', attachments: [], maxTokens: 1, temperature: 0, seed: 7, ignoreEndOfText: true })) events.push(event)
    expect([engine.asked[1], engine.ofConversations]).toMatchObject([{ maxTokens: 1, temperature: 0, seed: 7, ignoreEndOfText: true }, [false, false]])
    await expect(service.ask({ prompt: 'word '.repeat(2000), attachments: [], ignoreEndOfText: false }).next()).rejects.toMatchObject({ code: 'CONTEXT_OVERFLOW' })
  })

  it('lists the conversations of a workspace, newest first, as they change', async () => {
    const { service, storage } = start()
    const seen: Conversation[][] = []
    const controller = new AbortController()
    controllers.push(controller)
    void (async () => {
      for await (const event of await service.conversations.watchList('w1', controller.signal)) seen.push(event.conversations)
    })()
    const one = await conversation(service)
    await sleep(10)
    const two = await conversation(service)
    await conversation(service, 'w2')
    await sleep(10)
    expect(seen.at(-1)?.map(item => item.id)).toEqual([two.conversationId, one.conversationId])
    const page = new Page(service, one)
    await service.send({ ...one, prompt: 'now the newest', ...noAttachments })
    await page.until(isDone)
    await sleep(10)
    expect(seen.at(-1)).toMatchObject([{ id: one.conversationId, title: 'now the newest', messageCount: 2 }, { id: two.conversationId, title: 'New conversation' }])
    expect(await service.conversations.rename({ ...two, title: 'Mine' })).toMatchObject({ title: 'Mine' })
    await service.send({ ...two, prompt: 'another title', ...noAttachments })
    await sleep(20)
    expect(seen.at(-1)).toMatchObject([{ title: 'Mine' }, {}])
    await service.conversations.delete(one)
    await sleep(10)
    expect(page.isDeleted).toBe(true)
    expect(seen.at(-1)?.map(item => item.id)).toEqual([two.conversationId])
    expect(storage.events.read(`conversation/w1/${one.conversationId}`)).toEqual([])
    expect(await failure(service.send({ ...one, prompt: 'x', ...noAttachments }))).toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    expect(await failure(service.conversations.watchList('none'))).toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('deletes a conversation in the middle of its answer', async () => {
    const { service, engine, storage } = start()
    engine.answers = ['word '.repeat(1000)]
    engine.millisecondsPerToken = 5
    const named = await conversation(service)
    const page = new Page(service, named)
    await service.send({ ...named, prompt: 'x', ...noAttachments })
    await page.until(one => one.messages.length === 2 && one.last.text !== '')
    await service.conversations.delete(named)
    expect(engine.running).toBe(0)
    expect(storage.events.streams('conversation/')).toEqual([])
    expect(new ConversationStore(storage, systemClock).list('w1')).toEqual([])
  })

  it('makes the list again from the events', async () => {
    const { service, storage } = start()
    const named = await conversation(service)
    await service.conversations.rename({ ...named, title: 'Mine' })
    storage.collection('conversations', (await import('zod')).z.unknown()).delete(`conversation/w1/${named.conversationId}`)
    expect(new ConversationStore(storage, systemClock).list('w1')).toMatchObject([{ id: named.conversationId, title: 'Mine' }])
  })

  it('keeps text at least every 500 ms, and calls an answer that a kill cut off failed, with its text', async () => {
    const { service, engine, storage } = start()
    engine.answers = ['word '.repeat(1000)]
    engine.millisecondsPerToken = 5
    const named = await conversation(service)
    const asking = new Page(service, named)
    await service.send({ ...named, prompt: 'x', ...noAttachments })
    await asking.until(one => one.messages.length === 2 && one.last.text !== '')
    await sleep(500)
    // Another host on the same storage, as after a kill: nothing of the first one's memory is there.
    const stored = storage.events.read(`conversation/w1/${named.conversationId}`)
    expect(stored.filter(event => event.kind === 'answer-text')).toHaveLength(1)
    const other = start(storage)
    const page = new Page(other.service, named)
    await page.until(isDone)
    expect(page.last).toMatchObject({ status: 'failed', error: { code: 'WORKER_CRASHED', data: { worker: 'inference' } } })
    expect(page.last.text.length).toBeGreaterThan(40)
    await service.dispose()
  })

  it('ends a running answer when it is disposed', async () => {
    const { service, engine } = start()
    engine.answers = ['word '.repeat(1000)]
    engine.millisecondsPerToken = 5
    const named = await conversation(service)
    const page = new Page(service, named)
    await service.send({ ...named, prompt: 'x', ...noAttachments })
    await page.until(one => one.messages.length === 2 && one.last.text !== '')
    await service.dispose()
    await page.until(isDone)
    expect(page.last.status).toBe('stopped')
  })

  it('says that the disk is full, keeps the text in memory, and stores it when there is room again', async () => {
    const real = openFakeStorage()
    let isFull = false
    const storage: Storage = {
      ...real,
      problem: null,
      collection: (name, schema) => real.collection(name, schema),
      events: {
        ...real.events,
        append: (...event) => {
          if (isFull) throw new AppError('STORAGE_FULL', { path: '/x' })
          return real.events.append(...event)
        },
        read: (stream, after) => real.events.read(stream, after),
        streams: prefix => real.events.streams(prefix),
        erase: stream => real.events.erase(stream),
      },
      transaction: work => real.transaction(work),
      close: () => real.close(),
    }
    const { service, engine } = start(storage)
    engine.answers = ['word '.repeat(1000)]
    engine.millisecondsPerToken = 5
    const named = await conversation(service)
    const page = new Page(service, named)
    await service.send({ ...named, prompt: 'x', ...noAttachments })
    isFull = true
    await page.until(isDone)
    expect(page.last).toMatchObject({ status: 'failed', error: { code: 'STORAGE_FULL', data: { path: '/x' } } })
    const { text } = page.last
    expect(text).not.toBe('')
    expect(await failure(service.send({ ...named, prompt: 'y', ...noAttachments }))).toMatchObject({ code: 'STORAGE_FULL' })
    isFull = false
    await sleep(5)
    await service.conversations.rename({ ...named, title: 'Kept' })
    const reopened = new Page(start(real).service, named)
    await reopened.until(one => one.messages.length === 2)
    expect(reopened.messages).toMatchObject([{ text: 'x' }, { text, status: 'failed', error: { code: 'STORAGE_FULL' } }])
  })

  it('gives a reader that is far behind the conversation as it is', async () => {
    const { service, engine } = start()
    engine.answers = ['w '.repeat(600).trim()]
    engine.model = { id: 'fake', name: 'Fake model', contextTokens: 100_000, canChat: true, canFill: true, canEmbed: false, canRerank: false, destination: 'local' }
    engine.answers = ['w '.repeat(5000).trim()]
    const named = await conversation(service)
    const stream = await service.conversations.watch(named)
    expect((await stream.next()).value).toMatchObject({ type: 'snapshot', messages: [] })
    const other = new Page(service, named)
    await service.send({ ...named, prompt: 'x', ...noAttachments })
    await other.until(isDone)
    let events = 0
    let text = ''
    for await (const event of stream) {
      events++
      if (event.type === 'snapshot') text = event.messages[1]?.text ?? ''
      if (event.type === 'text-delta') text += event.text
      if (event.type === 'message-changed') break
    }
    expect(events).toBeLessThan(1100)
    expect(text).toBe(engine.answers[0])
  })
})
