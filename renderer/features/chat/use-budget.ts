import { useEffect } from 'react'
import { useShallow } from 'zustand/shallow'
import { client } from '../../rpc/client.ts'
import { useEngine } from '../../rpc/engine.ts'
import { useActiveEditor } from '../../shell/active-editor.ts'
import { useFileLabels } from '../../shell/file-labels.ts'
import { useSetting } from '../../shell/settings.ts'
import { currentAttachments } from './chat-actions.ts'
import { useChat } from './chat-store.ts'

const PAUSE = 250

/** Keeps the token counts of the next question in the store: measured by the host after a pause in whatever changes them. */
export function useBudget(): void {
  const isReady = useEngine(state => state.engine?.status === 'ready')
  const modelId = useEngine(state => (state.engine?.status === 'ready' ? state.engine.modelId : null))
  const place = useActiveEditor(({ editor }) => (editor ? `${editor.path}:${editor.cursor.line}:${editor.cursor.column}:${editor.totalLines}:${editor.selection?.startLine}:${editor.selection?.text.length}` : ''))
  const { workspaceId, currentId, draft, pinned, hasFile, removedSelection, overrides } = useChat(
    useShallow(state => ({ workspaceId: state.workspaceId, currentId: state.currentId, draft: state.draft, pinned: state.pinned, hasFile: state.hasFile, removedSelection: state.removedSelection, overrides: state.overrides })),
  )
  const turns = useChat(state => state.current?.messages.filter(message => message.status !== 'streaming').length ?? 0)
  // Rules that change may change what goes.
  const labels = useFileLabels(state => state.snapshot)
  const includesOpenFile = useSetting('chat.includeOpenFile')

  useEffect(() => {
    if (!isReady || workspaceId === null) {
      useChat.setState({ budget: null })
      return
    }
    const stopped = new AbortController()
    const timer = setTimeout(() => {
      const attachments = currentAttachments().map(one => one.input)
      client.chat.measure({ workspaceId, conversationId: currentId, prompt: draft, attachments, overrides: [...overrides] }, { signal: stopped.signal }).then(
        budget => {
          if (!stopped.signal.aborted) useChat.setState({ budget })
        },
        // Counts that cannot be had are left out; what keeps the model from answering is said elsewhere.
        () => undefined,
      )
    }, PAUSE)
    return () => {
      clearTimeout(timer)
      stopped.abort()
    }
  }, [isReady, modelId, place, workspaceId, currentId, draft, pinned, hasFile, removedSelection, overrides, labels, turns, includesOpenFile])
}
