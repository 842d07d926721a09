import { create } from 'zustand'
import type { Conversation, PromptBudget } from '#shared/contract/chat.ts'
import { client } from '../../rpc/client.ts'
import { follow } from '../../rpc/follow.ts'
import { useVaultCover } from '../../shell/vault-cover.ts'
import type { Attachment } from './attachments.ts'
import { afterEvent, type ConversationState } from './conversation-events.ts'
import { keepCurrent, readCurrent } from './current-conversation.ts'
import { flushDrafts, keepDraft, keepDraftsOnLeave, loadDrafts, readDraft } from './drafts.ts'

export interface ChatState {
  workspaceId: string | null
  /** Newest first; null until the host has said them. */
  conversations: readonly Conversation[] | null
  /** Null is a conversation that begins with its first question. */
  currentId: string | null
  /** Messages of the current conversation; null until they are there. */
  current: ConversationState | null
  draft: string
  pinned: readonly Attachment[]
  /** Whether the open file goes along; null is as the settings say. */
  hasFile: boolean | null
  removedSelection: string | null
  /** Paths of secret files that go along with the next question alone, by the person's word. */
  overrides: readonly string[]
  budget: PromptBudget | null
  /** What went wrong with the last thing the person asked for, and stays until the next. */
  failure: unknown
  isSending: boolean
}

const empty: ConversationState = { conversation: null, messages: [] }
const first: ChatState = {
  workspaceId: null, conversations: null, currentId: null, current: null, draft: '', pinned: [], hasFile: null, removedSelection: null, overrides: [], budget: null, failure: null, isSending: false,
}

export const useChat = create<ChatState>(() => first)

let stopConversation: (() => void) | null = null

/** Follows the conversations of a workspace, and the one in front, but not behind the cover of a locked vault: then they leave the page. Answers how to stop. */
export function followChat(workspaceId: string): () => void {
  useChat.setState({ ...first, workspaceId })
  let stop = useVaultCover.getState().isCovered ? null : followNow(workspaceId)
  const stopLooking = useVaultCover.subscribe(({ isCovered }) => {
    if (isCovered) {
      stop?.()
      stop = null
      // What the person has put together for the next question stays.
      const { pinned, hasFile, removedSelection } = useChat.getState()
      useChat.setState({ ...first, workspaceId, pinned, hasFile, removedSelection })
    } else stop ??= followNow(workspaceId)
  })
  return () => {
    stopLooking()
    stop?.()
    useChat.setState(first)
  }
}

function followNow(workspaceId: string): () => void {
  const stopKeeping = keepDraftsOnLeave()
  void loadDrafts(workspaceId).then(() => {
    const now = useChat.getState()
    if (now.workspaceId === workspaceId) useChat.setState({ draft: readDraft(workspaceId, now.currentId) })
  })
  const stopList = follow(
    signal => client.chat.watchList({ workspaceId }, { signal }),
    ({ conversations }) => {
      const isFirst = useChat.getState().conversations === null
      useChat.setState({ conversations })
      if (isFirst) showConversation(firstConversation(workspaceId, conversations))
    },
    { onFailure: failure => useChat.setState({ failure, conversations: [], current: empty }) },
  )
  return () => {
    stopList()
    stopKeeping()
    stopConversation?.()
    stopConversation = null
  }
}

function firstConversation(workspaceId: string, conversations: readonly Conversation[]): string | null {
  const kept = readCurrent(workspaceId)
  if (kept === 'new') return null
  return conversations.find(one => one.id === kept)?.id ?? conversations[0]?.id ?? null
}

/** Brings a conversation to the front; null is the new one. */
export function showConversation(currentId: string | null): void {
  const { workspaceId } = useChat.getState()
  if (workspaceId === null) return
  stopConversation?.()
  stopConversation = null
  flushDrafts()
  keepCurrent(workspaceId, currentId)
  useChat.setState({ currentId, current: currentId === null ? empty : null, draft: readDraft(workspaceId, currentId), overrides: [], budget: null, failure: null })
  if (currentId !== null) stopConversation = followConversation(workspaceId, currentId)
}

/** A conversation that was just made takes the place of the new one, with all that stands in the field. */
export function adoptConversation(conversationId: string): void {
  const { workspaceId, draft } = useChat.getState()
  if (workspaceId === null) return
  keepDraft(workspaceId, conversationId, draft)
  keepDraft(workspaceId, null, '')
  flushDrafts()
  keepCurrent(workspaceId, conversationId)
  stopConversation?.()
  useChat.setState({ currentId: conversationId })
  stopConversation = followConversation(workspaceId, conversationId)
}

function followConversation(workspaceId: string, conversationId: string): () => void {
  const isCurrent = (): boolean => useChat.getState().currentId === conversationId
  return follow(
    signal => client.chat.watch({ workspaceId, conversationId }, { signal }),
    event => {
      if (!isCurrent()) return
      const next = afterEvent(useChat.getState().current ?? empty, event)
      if (next) useChat.setState({ current: next })
      else showConversation(null)
    },
    {
      onFailure: failure => {
        if (!isCurrent()) return
        if (failure.code === 'CONVERSATION_NOT_FOUND') showConversation(null)
        else useChat.setState({ current: empty, failure })
      },
    },
  )
}

export function setDraft(draft: string): void {
  const { workspaceId, currentId } = useChat.getState()
  if (workspaceId !== null) keepDraft(workspaceId, currentId, draft)
  useChat.setState({ draft })
}

/** A draft that was sent goes, wherever it stands by now; one that was written on stays. */
export function forgetDraft(workspaceId: string, conversationId: string, sent: string): void {
  for (const id of [conversationId, null]) if (readDraft(workspaceId, id) === sent) keepDraft(workspaceId, id, '')
  flushDrafts()
  const now = useChat.getState()
  if (now.workspaceId === workspaceId && now.currentId === conversationId && now.draft === sent) useChat.setState({ draft: '' })
}

export function isAnswering({ current }: Pick<ChatState, 'current'>): boolean {
  return current?.messages.some(message => message.status === 'streaming') ?? false
}
