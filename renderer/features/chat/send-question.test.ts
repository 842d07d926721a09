import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { setLink } from '../../rpc/client.ts'
import { useActiveEditor, type ActiveEditor } from '../../shell/active-editor.ts'
import { attachSelection, currentAttachments, sendQuestion } from './chat-actions.ts'
import { useChat } from './chat-store.ts'

const asked: string[] = []
let onSend: () => void = () => undefined

function answer(path: readonly string[]): unknown {
  asked.push(path.join('.'))
  if (path[1] === 'create') return { id: 'new-one' }
  if (path[1] === 'send') onSend()
  return path[1]?.startsWith('watch') ? (async function* () {})() : undefined
}

describe('sending a question', () => {
  const start = useChat.getInitialState()
  beforeEach(() => {
    asked.length = 0
    onSend = () => undefined
    setLink({ call: path => Promise.resolve().then(() => answer(path)) })
    useActiveEditor.setState({ editor: null })
    useChat.setState({ ...start, workspaceId: 'w', currentId: 'c', current: { conversation: null, messages: [] }, draft: 'why' }, true)
  })

  it('empties the field once the host has it', async () => {
    await sendQuestion()
    expect(asked).toEqual(['chat.send'])
    expect(useChat.getState()).toMatchObject({ draft: '', isSending: false, failure: null })
  })

  it('keeps the text, the chips and says why when it could not be sent', async () => {
    const failure = new AppError('MODEL_NOT_LOADED', {})
    onSend = () => {
      throw failure
    }
    useChat.setState({ hasFile: false })
    await sendQuestion()
    expect(useChat.getState()).toMatchObject({ draft: 'why', hasFile: false, isSending: false, failure })
  })

  it('keeps what was typed on while it was sent', async () => {
    onSend = () => useChat.setState({ draft: 'why not' })
    await sendQuestion()
    expect(useChat.getState().draft).toBe('why not')
  })

  it('leaves another folder alone that came to the front meanwhile', async () => {
    onSend = () => useChat.setState({ ...start, workspaceId: 'other', draft: 'theirs', hasFile: false })
    await sendQuestion()
    expect(useChat.getState()).toMatchObject({ workspaceId: 'other', draft: 'theirs', hasFile: false })
  })

  it('pins what is selected now, not what was published a frame ago, as one chip', () => {
    const old = { startLine: 1, endLine: 1, text: 'old' }
    const fresh = { startLine: 2, endLine: 3, text: 'b\nc' }
    const editor: ActiveEditor = {
      path: 'a.ts', language: 'typescript', cursor: { line: 3, column: 1 }, totalLines: 3, selection: old, encoding: 'utf-8', lineEnding: 'lf',
      readText: () => 'old\nb\nc', readSelection: () => fresh, insertAtCursor: () => undefined,
    }
    useActiveEditor.setState({ editor })
    useChat.setState({ hasFile: false })
    globalThis.matchMedia ??= (() => ({ matches: false })) as unknown as typeof matchMedia
    globalThis.requestAnimationFrame ??= () => 0
    attachSelection()
    useActiveEditor.setState({ editor: { ...editor, selection: fresh } })
    expect(currentAttachments().map(one => one.key)).toEqual(['a.ts:2-3'])
  })
})
