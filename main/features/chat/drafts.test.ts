import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { LockedStorage } from '../../platform/storage/locked-storage.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { ConversationStore } from './conversation-store.ts'
import { Conversations } from './conversations.ts'

const day = 86_400_000

function start(clock = new FakeClock(), storage: Storage = openFakeStorage(clock)) {
  const workspaces = {
    get: async (workspaceId: string) => {
      if (!workspaceId.startsWith('w')) throw new AppError('WORKSPACE_NOT_FOUND', { workspaceId })
    },
  }
  return { clock, storage, conversations: new Conversations(new ConversationStore(storage, clock), workspaces) }
}

describe('text that was not sent', () => {
  it('is kept by workspace and conversation, over a restart, until it is emptied', async () => {
    const { clock, storage, conversations } = start()
    const { id: conversationId } = await conversations.create('w')
    await conversations.keepDraft({ workspaceId: 'w', conversationId, text: 'one' })
    await conversations.keepDraft({ workspaceId: 'w', conversationId: null, text: 'two 🌊' })
    await conversations.keepDraft({ workspaceId: 'w2', conversationId: null, text: 'three' })
    const again = start(clock, storage).conversations
    expect(await again.drafts('w')).toEqual([{ conversationId: null, text: 'two 🌊' }, { conversationId, text: 'one' }])
    await again.keepDraft({ workspaceId: 'w', conversationId: null, text: '' })
    expect(await again.drafts('w')).toEqual([{ conversationId, text: 'one' }])
    expect(await again.drafts('w2')).toHaveLength(1)
    await expect(again.drafts('nobody')).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('goes with its conversation, and does not come back after it', async () => {
    const { conversations } = start()
    const { id: conversationId } = await conversations.create('w')
    await conversations.keepDraft({ workspaceId: 'w', conversationId, text: 'one' })
    await conversations.delete({ workspaceId: 'w', conversationId })
    await expect(conversations.keepDraft({ workspaceId: 'w', conversationId, text: 'late' })).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await conversations.keepDraft({ workspaceId: 'w', conversationId, text: '' })
    expect(await conversations.drafts('w')).toEqual([])
  })

  it('is forgotten when it was sent, and not when it was written on', async () => {
    const { conversations } = start()
    const { id: conversationId } = await conversations.create('w')
    await conversations.keepDraft({ workspaceId: 'w', conversationId, text: 'sent, and more' })
    await conversations.keepDraft({ workspaceId: 'w', conversationId: null, text: 'sent' })
    conversations.forgetSent({ workspaceId: 'w', conversationId }, 'sent')
    expect(await conversations.drafts('w')).toEqual([{ conversationId, text: 'sent, and more' }])
  })

  it('is erased by age, and young text holds its conversation', async () => {
    const { clock, conversations } = start()
    const { id: conversationId } = await conversations.create('w')
    await conversations.keepDraft({ workspaceId: 'w', conversationId: null, text: 'old' })
    clock.advance(31 * day)
    await conversations.keepDraft({ workspaceId: 'w', conversationId, text: 'young' })
    expect(conversations.forget(new Date(clock.now().getTime() - 30 * day))).toBe(1)
    expect(await conversations.drafts('w')).toEqual([{ conversationId, text: 'young' }])
    clock.advance(31 * day)
    expect(conversations.forget(new Date(clock.now().getTime() - 30 * day))).toBe(1)
    expect(await conversations.drafts('w')).toEqual([])
  })

  it('is not kept while the vault is locked, and says so', async () => {
    const { conversations } = start(new FakeClock(), new LockedStorage(new AppError('STORAGE_LOCKED', { path: '/db', reason: 'locked' })))
    await expect(conversations.keepDraft({ workspaceId: 'w', conversationId: null, text: 'x' })).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    expect(() => conversations.forgetSent({ workspaceId: 'w', conversationId: 'c' }, 'x')).not.toThrow()
  })
})
