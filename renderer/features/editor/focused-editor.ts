import { create } from 'zustand'
import type { Monaco } from './monaco/load-monaco.ts'

interface FocusedEditor {
  path: string
  editor: Monaco.editor.IStandaloneCodeEditor
}

/** The editor in front: commands and the status bar speak to it. */
export const useFocusedEditor = create<{ focused: FocusedEditor | null }>(() => ({ focused: null }))

export function focusedEditor(): FocusedEditor | null {
  return useFocusedEditor.getState().focused
}

/** Runs one of Monaco's own actions where the cursor stands. */
export function runInEditor(action: string): void {
  const editor = focusedEditor()?.editor
  if (!editor) return
  editor.focus()
  void editor.getAction(action)?.run()
}
