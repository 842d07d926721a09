import { useEffect, useRef } from 'react'
import type { FileContent } from '#shared/contract/files.ts'
import { workspaceId } from '../../shell/session.ts'
import { fixedOptions, useEditorOptions } from './editor-options.ts'
import { loadedMonaco } from './monaco/load-monaco.ts'
import { modelOf } from './monaco/monaco-buffer.ts'

/** The text on disk beside the text in the editor, which can still be changed. */
export function CompareView({ path, theirs }: { path: string; theirs: FileContent }) {
  const host = useRef<HTMLDivElement>(null)
  const options = useEditorOptions()
  const first = useRef(options)
  useEffect(() => {
    const element = host.current
    const mine = modelOf(workspaceId(), path)
    if (!element || !mine) return
    const monaco = loadedMonaco()
    const original = monaco.editor.createModel(theirs.text, mine.getLanguageId())
    const view = monaco.editor.createDiffEditor(element, {
      ...fixedOptions,
      ...first.current,
      originalEditable: false,
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
      renderOverviewRuler: false,
      hideUnchangedRegions: { enabled: true },
    })
    view.setModel({ original, modified: mine })
    view.getOriginalEditor().updateOptions({ ariaLabel: 'On disk' })
    view.getModifiedEditor().updateOptions({ ariaLabel: 'In the editor' })
    view.getModifiedEditor().focus()
    return () => {
      view.dispose()
      original.dispose()
    }
  }, [path, theirs])
  return (
    <div className="flex h-full min-h-0 flex-col" data-key-scope="editor">
      <div aria-hidden="true" className="flex h-6 shrink-0 items-center gap-4 border-b border-line px-4 text-11 text-muted">
        <span style={{ color: 'var(--code-removed)' }}>− On disk</span>
        <span style={{ color: 'var(--code-added)' }}>+ In the editor</span>
      </div>
      <div ref={host} className="min-h-0 flex-1" />
    </div>
  )
}
