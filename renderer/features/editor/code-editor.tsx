import { useEffect, useRef, useState } from 'react'
import { workspaceId } from '../../shell/session.ts'
import { fixedOptions, useEditorOptions } from './editor-options.ts'
import { loadedMonaco, type Monaco } from './monaco/load-monaco.ts'
import { modelOf } from './monaco/monaco-buffer.ts'
import { dropKeysFor, replayKeys } from './early-keys.ts'
import { keepPlace, restorePlace } from './kept-places.ts'
import { takeReveal, useReveals } from './open-file.ts'
import { publishEditor } from './publish-editor.ts'
import { watchComposition } from './ghost/composition.ts'

type Editor = Monaco.editor.IStandaloneCodeEditor

/** Where each tab was scrolled and where its cursor stood, for coming back to it; by the model's address. */
const viewStates = new Map<string, Monaco.editor.ICodeEditorViewState>()

export interface CodeEditorProps {
  path: string
  label: string
  isActive: boolean
  /** Why nothing can be typed; null when it can. */
  readOnlyReason: string | null
}

export function CodeEditor({ path, label, isActive, readOnlyReason }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const [editor, setEditor] = useState<Editor | null>(null)
  const options = useEditorOptions()
  const first = useRef(options)

  useEffect(() => {
    const element = host.current
    const model = modelOf(workspaceId(), path)
    if (!element || !model) return
    const made = loadedMonaco().editor.create(element, { ...fixedOptions, ...first.current, model })
    // Monaco makes what asks for suggestions once the window is idle, up to 5 s later; asking for it makes it now, before the first key.
    made.getContribution('editor.contrib.inlineCompletionsController')
    const stopWatching = watchComposition(made)
    const address = model.uri.toString()
    const standing = viewStates.get(address)
    if (standing) made.restoreViewState(standing)
    else restorePlace(path, made)
    const stopKeeping = keepPlace(path, made)
    setEditor(made)
    return () => {
      const state = made.saveViewState()
      if (state) viewStates.set(address, state)
      stopKeeping()
      stopWatching()
      made.dispose()
      setEditor(null)
    }
  }, [path])

  useEffect(() => editor?.updateOptions(options), [editor, options])
  useEffect(() => {
    editor?.updateOptions({ ariaLabel: label, readOnly: readOnlyReason !== null, readOnlyMessage: { value: readOnlyReason ?? '' } })
  }, [editor, label, readOnlyReason])
  useEffect(() => (editor && isActive ? publishEditor(path, editor) : undefined), [editor, isActive, path])
  useReveal(editor, path)

  return <div ref={host} className="h-full w-full" data-key-scope="editor" />
}

/** Goes where somebody asked to go, once the editor stands. */
function useReveal(editor: Editor | null, path: string): void {
  const reveal = useReveals(state => state.reveals.get(path))
  useEffect(() => {
    if (!editor || !reveal) return
    if (reveal.line !== null) {
      const position = { lineNumber: reveal.line, column: reveal.column }
      editor.setPosition(editor.getModel()?.validatePosition(position) ?? position)
      editor.revealPositionInCenterIfOutsideViewport(position)
    }
    if (reveal.takesFocus === true && !hasLeft(reveal.from)) {
      editor.focus()
      replayKeys(path, editor)
    } else if (reveal.takesFocus === true) dropKeysFor(path)
    else if (reveal.takesFocus === 'if-free' && isFree()) editor.focus()
    takeReveal(path)
  }, [editor, reveal, path])
}

function isFree(): boolean {
  return document.activeElement === null || document.activeElement === document.body
}

/** Whoever went elsewhere while the file and its editor came stays there. */
function hasLeft(from: Element | null): boolean {
  const { activeElement } = document
  return !isFree() && activeElement !== from && from?.isConnected === true && activeElement?.closest('[data-region="editor"]') === null
}
