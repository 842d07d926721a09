import type { Conversation } from '#shared/contract/chat.ts'
import { client } from '../../rpc/client.ts'
import { useActiveEditor } from '../../shell/active-editor.ts'
import { askConfirm, askText } from '../../shell/ask.ts'
import { showRightView } from '../../shell/layout.ts'
import { readSetting } from '../../shell/settings.ts'
import { attachmentsFor, selectionOf, type Attachment } from './attachments.ts'
import { adoptConversation, forgetDraft, isAnswering, showConversation, useChat } from './chat-store.ts'
import { flushDrafts } from './drafts.ts'

/** The field to write in; the panel sets it while it stands. */
let focusField: (() => void) | null = null

export function setFocusField(focus: (() => void) | null): void {
  focusField = focus
}

export function focusChat(): void {
  showRightView('chat')
  // At once where it stands, since keys are faster than frames.
  focusField?.()
  // The panel may first have to be drawn.
  requestAnimationFrame(() => requestAnimationFrame(() => focusField?.()))
}

export function currentAttachments(): Attachment[] {
  const { hasFile, removedSelection, pinned } = useChat.getState()
  return attachmentsFor(useActiveEditor.getState().editor, { hasFile: hasFile ?? readSetting('chat.includeOpenFile'), removedSelection, pinned })
}

/** Sends what stands in the field. Whatever goes wrong, the text stays there. */
export async function sendQuestion(): Promise<void> {
  const { workspaceId, draft, isSending } = useChat.getState()
  if (workspaceId === null || isSending || draft.trim() === '' || isAnswering(useChat.getState())) return
  useChat.setState({ isSending: true, failure: null })
  // Before the question, so that the host forgets it with the question.
  flushDrafts()
  try {
    const attachments = currentAttachments().map(one => one.input)
    const { overrides } = useChat.getState()
    const conversationId = useChat.getState().currentId ?? (await newConversation(workspaceId))
    await client.chat.send({ workspaceId, conversationId, prompt: draft, attachments, overrides: [...overrides] })
    forgetDraft(workspaceId, conversationId, draft)
    if (useChat.getState().workspaceId === workspaceId) useChat.setState({ pinned: [], hasFile: null, overrides: [] })
  } catch (failure) {
    if (useChat.getState().workspaceId === workspaceId) useChat.setState({ failure })
  } finally {
    if (useChat.getState().workspaceId === workspaceId) useChat.setState({ isSending: false })
  }
}

async function newConversation(workspaceId: string): Promise<string> {
  const { id } = await client.chat.create({ workspaceId })
  // Whoever went to another conversation meanwhile stays there; the answer comes in its own.
  const { workspaceId: shownId, currentId } = useChat.getState()
  if (shownId === workspaceId && currentId === null) adoptConversation(id)
  return id
}

async function withCurrent(act: (place: { workspaceId: string; conversationId: string }) => Promise<unknown>): Promise<void> {
  const { workspaceId, currentId } = useChat.getState()
  if (workspaceId === null || currentId === null) return
  useChat.setState({ failure: null })
  try {
    await act({ workspaceId, conversationId: currentId })
  } catch (failure) {
    useChat.setState({ failure })
  }
}

export async function stopAnswer(): Promise<void> {
  await withCurrent(place => client.chat.stop(place))
}

export async function retryAnswer(): Promise<void> {
  await withCurrent(place => client.chat.retry(place))
}

export function startConversation(): void {
  showConversation(null)
  focusChat()
}

export function attachSelection(): void {
  const { editor } = useActiveEditor.getState()
  // The published selection may still be the former one: keys are faster than frames.
  const selection = editor ? selectionOf({ ...editor, selection: editor.readSelection() }) : null
  if (!selection) return
  useChat.setState(state => ({ pinned: [...state.pinned.filter(one => one.key !== selection.key), selection], removedSelection: null }))
  focusChat()
}

export function attachOpenFile(): void {
  useChat.setState({ hasFile: true })
}

/** Lets one secret file go along with the next question, after the person has said so by its name. */
export async function sendOnce(path: string, rule: string): Promise<void> {
  const isSure = await askConfirm({
    title: `Send “${path}” with this question?`,
    text: `It is labelled secret by ${rule}. The model on this machine reads it once; it is not kept, but the answer may quote it. The audit log notes it.`,
    confirmLabel: 'Send this once',
    isDanger: true,
  })
  if (isSure) useChat.setState(state => ({ overrides: [...new Set([...state.overrides, path])] }))
}

export function removeAttachment(key: string): void {
  const { path } = currentAttachments().find(one => one.key === key)?.input ?? {}
  useChat.setState(state => ({ overrides: state.overrides.filter(one => one !== path) }))
  if (key === 'file') useChat.setState({ hasFile: false })
  else useChat.setState(state => ({ pinned: state.pinned.filter(one => one.key !== key), removedSelection: key }))
}

export async function renameConversation({ workspaceId, id, title }: Conversation): Promise<void> {
  const next = await askText({ title: 'Rename conversation', label: 'Name', initialText: title, confirmLabel: 'Rename', check: text => (text.trim() === '' ? 'Give it a name.' : text.trim().length > 200 ? 'At most 200 characters.' : null) })
  if (next === null || next.trim() === title) return
  await client.chat.rename({ workspaceId, conversationId: id, title: next.trim() })
}

export async function deleteConversation({ workspaceId, id, title }: Conversation): Promise<void> {
  const isSure = await askConfirm({ title: `Delete “${title}”?`, text: 'Its questions and answers are deleted for good.', confirmLabel: 'Delete', isDanger: true })
  if (!isSure) return
  await client.chat.delete({ workspaceId, conversationId: id })
  if (useChat.getState().currentId === id) showConversation(null)
}
