import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { setLink } from '../../rpc/client.ts'
import { flushDrafts, keepDraft, loadDrafts, readDraft } from './drafts.ts'

let kept: { conversationId: string | null; text: string }[] = []
let failure: unknown = null
let workspaceId = ''
let count = 0

interface Input {
  conversationId: string | null
  text: string
}

beforeEach(() => {
  vi.useFakeTimers()
  kept = []
  failure = null
  workspaceId = `w${++count}`
  setLink({
    call: async (path, input) => {
      if (failure !== null) throw failure
      if (path[1] === 'drafts') return kept
      const { conversationId, text } = input as Input
      kept = [...kept.filter(one => one.conversationId !== conversationId), ...(text === '' ? [] : [{ conversationId, text }])]
      return undefined
    },
  })
})
afterEach(() => {
  failure = null
  vi.useRealTimers()
})

describe('drafts', () => {
  it('go to the host after a rest, and at once when the page is left', async () => {
    keepDraft(workspaceId, 'c', 'one')
    await vi.advanceTimersByTimeAsync(200)
    expect(kept).toEqual([])
    await vi.advanceTimersByTimeAsync(200)
    expect(kept).toEqual([{ conversationId: 'c', text: 'one' }])
    keepDraft(workspaceId, 'c', 'one and two')
    flushDrafts()
    await vi.advanceTimersByTimeAsync(0)
    expect(kept).toEqual([{ conversationId: 'c', text: 'one and two' }])
    keepDraft(workspaceId, 'c', '')
    flushDrafts()
    await vi.advanceTimersByTimeAsync(0)
    expect(kept).toEqual([])
  })

  it('stay in memory while the host cannot keep them, and go there when it can', async () => {
    failure = new AppError('STORAGE_LOCKED', { path: '/db', reason: 'locked' })
    await loadDrafts(workspaceId)
    keepDraft(workspaceId, null, 'typed')
    await vi.advanceTimersByTimeAsync(1000)
    expect(readDraft(workspaceId, null)).toBe('typed')
    failure = null
    flushDrafts()
    await vi.advanceTimersByTimeAsync(0)
    expect(kept).toEqual([{ conversationId: null, text: 'typed' }])
  })

  it('come back from the host, without loss of what was typed meanwhile', async () => {
    kept = [{ conversationId: null, text: 'from before' }, { conversationId: 'c', text: 'other' }]
    keepDraft(workspaceId, null, 'typed early')
    await loadDrafts(workspaceId)
    expect([readDraft(workspaceId, null), readDraft(workspaceId, 'c')]).toEqual(['from before\ntyped early', 'other'])
    await vi.advanceTimersByTimeAsync(1000)
    expect(kept).toContainEqual({ conversationId: null, text: 'from before\ntyped early' })
    kept = []
    await loadDrafts(workspaceId)
    expect(readDraft(workspaceId, null)).toBe('')
  })

  it('are dropped with a conversation that is gone, and not sent when they are too long', async () => {
    keepDraft(workspaceId, null, 'x'.repeat(2_000_001))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(kept).toEqual([])
    expect(readDraft(workspaceId, null)).toHaveLength(2_000_001)
    failure = new AppError('CONVERSATION_NOT_FOUND', { id: 'c' })
    keepDraft(workspaceId, 'c', 'x')
    await vi.advanceTimersByTimeAsync(1000)
    expect(readDraft(workspaceId, 'c')).toBe('')
  })
})
