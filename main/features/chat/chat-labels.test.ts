import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ConversationEvent } from '#shared/contract/chat.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { FakeContextGate } from '../../platform/labels/fake-context-gate.ts'
import { FakeEngine } from '../models/fake-engine.ts'
import { ChatService } from './chat-service.ts'
import { ConversationStore } from './conversation-store.ts'

const canary = 'CANARY-7f3a91'
const secret = { kind: 'file' as const, path: '.env', startLine: 1, totalLines: 1, text: `TOKEN=${canary}\n` }
const plain = { kind: 'file' as const, path: 'a.ts', startLine: 1, totalLines: 1, text: 'const a = 1\n' }

async function start() {
  const engine = new FakeEngine()
  const gate = new FakeContextGate()
  gate.secret.add('.env')
  const storage = openFakeStorage()
  const settings = { values: async () => ({ 'chat.answerReserve': 0.33, 'chat.temperature': 0 }) }
  const chat = new ChatService({ engine, gate, store: new ConversationStore(storage, systemClock), workspaces: { get: async () => ({}) }, settings, audit: new FakeAudit(), clock: systemClock, log: new FakeLog(), systemPrompt: '' })
  const { id: conversationId } = await chat.conversations.create('w')
  const named = { workspaceId: 'w', conversationId }
  const snapshot = async (): Promise<Extract<ConversationEvent, { type: 'snapshot' }>> => {
    for await (const event of await chat.conversations.watch(named)) if (event.type === 'snapshot') return event
    throw new Error('no snapshot')
  }
  const send = async (attachments: (typeof secret | typeof plain)[], overrides: string[] = []) => {
    const sent = await chat.send({ ...named, prompt: 'what is this', attachments, overrides })
    for (let turn = 0; turn < 400 && (await snapshot()).messages.at(-1)?.status === 'streaming'; turn++) await sleep(2)
    // The conversation is free again a moment after its answer has ended.
    await sleep(5)
    return sent
  }
  const kept = (): string => JSON.stringify(storage.events.read(`conversation/w/${conversationId}`))
  return { chat, engine, gate, named, send, snapshot, kept }
}

describe('labels in a chat', () => {
  it('leave a secret file out of the prompt and of what is kept, and show it left out', async () => {
    const { engine, gate, send, snapshot, kept } = await start()
    const { budget } = await send([secret, plain])
    expect(budget.attachments).toMatchObject([{ path: '.env', label: 'secret', rule: 'a test', decision: 'refused', isIncluded: false, tokens: 0 }, { path: 'a.ts', label: 'internal', decision: 'sent', isIncluded: true }])
    expect(JSON.stringify(engine.asked)).not.toContain(canary)
    expect(JSON.stringify(engine.asked)).toContain('const a = 1')
    expect(kept()).not.toContain(canary)
    const { messages, conversation } = await snapshot()
    expect(messages[0]?.attachments).toMatchObject([{ path: '.env', decision: 'refused' }, { path: 'a.ts' }])
    expect(conversation.label).toBe('internal')
    expect(gate.asked[0]).toMatchObject({ who: 'chat', place: { workspaceId: 'w' }, destination: 'local', isRecorded: true })
  })

  it('let the person send it with one message, which neither the next one nor a retry nor the database holds', async () => {
    const { chat, engine, named, send, snapshot, kept } = await start()
    await send([secret], ['.env'])
    expect(JSON.stringify(engine.asked[0])).toContain(canary)
    expect(kept()).not.toContain(canary)
    expect((await snapshot()).conversation.label).toBe('secret')
    await chat.retry(named)
    await sleep(50)
    expect(JSON.stringify(engine.asked[1])).not.toContain(canary)
    const { budget } = await send([secret])
    expect(budget.attachments).toMatchObject([{ decision: 'refused' }])
    expect(JSON.stringify(engine.asked[2])).not.toContain(canary)
    expect((await snapshot()).conversation.label).toBe('secret')
  })

  it('hold for a retry as they are now, not as they were', async () => {
    const { chat, engine, gate, named, send } = await start()
    await send([plain])
    gate.secret.add('a.ts')
    const { budget } = await chat.retry(named)
    await sleep(50)
    expect(JSON.stringify(engine.asked[0])).toContain('const a = 1')
    expect(JSON.stringify(engine.asked[1])).not.toContain('const a = 1')
    expect(budget.attachments).toMatchObject([{ path: 'a.ts', label: 'secret', decision: 'refused', isIncluded: false }])
  })

  it('show in a preview what would be left out, and record nothing for it', async () => {
    const { chat, gate, named } = await start()
    const budget = await chat.measure({ ...named, prompt: 'x', attachments: [secret] })
    expect(budget.attachments).toMatchObject([{ decision: 'refused', isIncluded: false }])
    expect(gate.asked.map(request => request.isRecorded)).toEqual([false])
    expect((await chat.measure({ ...named, prompt: 'x', attachments: [secret], overrides: ['.env'] })).label).toBe('secret')
  })

  it('make one question with a secret file an error that names it, unless it is overridden', async () => {
    const { chat, engine, gate } = await start()
    const ask = (overrides: string[]) => chat.ask({ prompt: 'x', attachments: [plain, secret], overrides, folder: '/project', ignoreEndOfText: false })
    await expect(ask([]).next()).rejects.toMatchObject({ code: 'CONTEXT_REFUSED', data: { path: '.env', label: 'secret', rule: 'a test' } })
    expect(engine.asked).toEqual([])
    expect(gate.asked[0]).toMatchObject({ who: 'ask', place: { folder: '/project' } })
    for await (const event of ask(['.env'])) if (event.type === 'ask-start') expect(event.budget.label).toBe('secret')
    expect(JSON.stringify(engine.asked)).toContain(canary)
  })
})
