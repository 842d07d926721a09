import { describe, expect, it } from 'vitest'
import type { ServerClient, ServerState } from '#shared/contract/model-server.ts'
import { endOfDay, readLimit } from './client-values.ts'
import { afterServerEvent, noServer } from './server-store.ts'
import { limitsWords, scopeWords, serverWords, totalsWords } from './server-words.ts'

const state: ServerState = { isOn: true, isLocked: false, port: 4711, baseUrls: { openai: 'http://127.0.0.1:4711/v1', anthropic: 'http://127.0.0.1:4711', ollama: 'http://127.0.0.1:4711' } }
const client: ServerClient = { id: 'a', name: 'Notes', scopes: ['chat'], models: 'all', requestsPerMinute: null, tokensPerMinute: null, createdAt: new Date(0), expiresAt: null, isExpired: false, lastUsedAt: null }

describe('words for the model server', () => {
  it('says whether anybody is answered', () => {
    expect(serverWords(state)).toMatchObject({ short: 'on', tone: 'plain' })
    expect(serverWords({ ...state, isOn: false }).text).toMatch(/^Off: no other program is answered/)
    expect(serverWords({ ...state, isLocked: true })).toMatchObject({ short: 'locked', tone: 'warn' })
    expect(serverWords({ ...state, baseUrls: null }).short).toBe('starting')
  })

  it('says what a program may and what it used', () => {
    expect([limitsWords(client), limitsWords({ ...client, requestsPerMinute: 1, tokensPerMinute: 20_000, expiresAt: new Date(2026, 11, 1) })]).toEqual(['none', '1 request/min, 20,000 tokens/min, until 1 December 2026'])
    expect(limitsWords({ ...client, isExpired: true, expiresAt: new Date(2020, 1, 1) })).toBe('expired')
    expect([scopeWords(client), scopeWords({ scopes: ['chat', 'completions', 'embeddings', 'rerank', 'models'], models: ['x'] })]).toEqual(['chat', 'everything; 1 model'])
    expect([totalsWords(undefined), totalsWords({ clientId: 'a', requests: 3, refused: 1, failed: 0, promptTokens: 900, answerTokens: 200 })]).toEqual(['nothing yet', '3 calls, 1,100 tokens, 1 refused or failed'])
  })

  it('reads limits and days', () => {
    expect(['', '60', '0', 'x', '1.5'].map(text => readLimit(text, 1000))).toEqual([null, 60, undefined, undefined, undefined])
    expect(endOfDay('')).toBeNull()
    expect(endOfDay('2026-12-01')?.getHours()).toBe(23)
  })

  it('follows the stream', () => {
    const activity = { running: [], waiting: 2, totals: [] }
    const first = afterServerEvent(noServer, { type: 'snapshot', state, clients: [], activity })
    const second = afterServerEvent(first, { type: 'clients-changed', clients: [client] })
    const third = afterServerEvent(afterServerEvent(second, { type: 'state-changed', state: { ...state, isOn: false } }), { type: 'activity-changed', activity: { ...activity, waiting: 0 } })
    expect([third.state?.isOn, third.clients.length, third.activity.waiting]).toEqual([false, 1, 0])
  })
})
