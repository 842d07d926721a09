import { client } from '../../rpc/client.ts'
import { foreseen } from '../../rpc/follow.ts'
import { KeepSchedule } from '../../shell/keep-schedule.ts'

/**
 * Text in the field, per conversation: here as long as the page stands, and in the host's encrypted database. Never in the browser's
 * own storage, which it may write to its disk as it is. Where the host cannot keep it (locked, disk full), it is in memory alone.
 */
interface Draft {
  workspaceId: string
  /** Null is the conversation that begins with its first question. */
  conversationId: string | null
  text: string
  /** Whether the host has exactly this. */
  isKept: boolean
}

const drafts = new Map<string, Draft>()
/** Workspaces whose drafts the host has told. */
const told = new Set<string>()
/** In characters: what a question may have. */
const longestKept = 2_000_000
/** In characters: above it a pause of typing has to be longer before it is sent. */
const longText = 100_000

const nameOf = (workspaceId: string, conversationId: string | null): string => `${workspaceId}\n${conversationId ?? ''}`

const schedule = new KeepSchedule({
  async keep(name) {
    const draft = drafts.get(name)
    if (!draft || draft.isKept) return
    const { workspaceId, conversationId, text } = draft
    if (text.length > longestKept) return
    try {
      await client.chat.keepDraft({ workspaceId, conversationId, text })
      if (draft.text === text) draft.isKept = true
    } catch (error) {
      // It went with its conversation.
      if (foreseen(error)?.code === 'CONVERSATION_NOT_FOUND') drafts.delete(name)
      else throw error
    }
  },
  // What the host could not keep stays here and is tried again with the next change.
  onOutcome: () => undefined,
})

export function readDraft(workspaceId: string, conversationId: string | null): string {
  return drafts.get(nameOf(workspaceId, conversationId))?.text ?? ''
}

export function keepDraft(workspaceId: string, conversationId: string | null, text: string): void {
  const name = nameOf(workspaceId, conversationId)
  const draft = drafts.get(name)
  if ((draft?.text ?? '') === text) return
  if (draft) Object.assign(draft, { text, isKept: false })
  else drafts.set(name, { workspaceId, conversationId, text, isKept: false })
  schedule.touch(name, text.length > longText ? 4 : 1)
}

/** Hands all that waits to the host in this turn, so that it leaves with a page that goes away. */
export function flushDrafts(): void {
  for (const [name, draft] of drafts) if (!draft.isKept) schedule.touch(name)
  void schedule.flush()
}

/** Learns what the host keeps of a workspace. Text that was typed before that is put behind what it would have replaced. */
export async function loadDrafts(workspaceId: string): Promise<void> {
  const kept = await client.chat.drafts({ workspaceId }).catch(() => null)
  if (!kept) return
  const isFirst = !told.has(workspaceId)
  told.add(workspaceId)
  const names = new Set(kept.map(({ conversationId }) => nameOf(workspaceId, conversationId)))
  // Sent from another window, or erased with its conversation.
  for (const [name, draft] of drafts) if (draft.workspaceId === workspaceId && draft.isKept && !names.has(name)) drafts.delete(name)
  for (const { conversationId, text } of kept) {
    const name = nameOf(workspaceId, conversationId)
    const here = drafts.get(name)
    if (!here || here.isKept) drafts.set(name, { workspaceId, conversationId, text, isKept: true })
    else if (isFirst && here.text !== text) keepDraft(workspaceId, conversationId, here.text === '' ? text : `${text}\n${here.text}`)
  }
}

/** Keeps what was typed when the page is left, hidden or reloaded. Answers how to stop. */
export function keepDraftsOnLeave(): () => void {
  const onVisibility = (): void => {
    if (document.visibilityState === 'hidden') flushDrafts()
  }
  addEventListener('pagehide', flushDrafts)
  document.addEventListener('visibilitychange', onVisibility)
  return () => {
    flushDrafts()
    removeEventListener('pagehide', flushDrafts)
    document.removeEventListener('visibilitychange', onVisibility)
  }
}
