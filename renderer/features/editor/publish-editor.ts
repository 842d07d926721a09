import { useActiveEditor, type ActiveEditor, type EditorSelection } from '../../shell/active-editor.ts'
import { documentOf } from './documents/document-state.ts'
import { useFocusedEditor } from './focused-editor.ts'
import { loadedMonaco, type Monaco } from './monaco/load-monaco.ts'

type CodeEditor = Monaco.editor.IStandaloneCodeEditor

function describe(path: string, editor: CodeEditor): ActiveEditor | null {
  const model = editor.getModel()
  const position = editor.getPosition()
  const state = documentOf(path)
  if (!model || !position || !state) return null
  return {
    path,
    language: model.getLanguageId(),
    cursor: { line: position.lineNumber, column: position.column },
    totalLines: model.getLineCount(),
    selection: selectionOf(editor),
    encoding: state.encoding,
    lineEnding: state.lineEnding,
    // Somebody may still hold this while the tab closes.
    readText: () => (model.isDisposed() ? '' : model.getValue(loadedMonaco().editor.EndOfLinePreference.LF)),
    readSelection: () => selectionOf(editor),
    insertAtCursor: text => {
      const range = editor.getSelection()
      if (!range) return
      editor.pushUndoStop()
      editor.executeEdits('insert', [{ range, text, forceMoveMarkers: true }])
      editor.pushUndoStop()
      editor.focus()
    },
  }
}

function selectionOf(editor: CodeEditor): EditorSelection | null {
  const selection = editor.getSelection()
  const model = editor.getModel()
  if (!model || !selection || selection.isEmpty()) return null
  return { startLine: selection.startLineNumber, endLine: selection.endLineNumber, text: model.getValueInRange(selection) }
}

/** Tells everybody else about the editor in front, at most once a frame. Answers how to stop. */
export function publishEditor(path: string, editor: CodeEditor): () => void {
  let frame = 0
  const publish = (): void => {
    frame = 0
    useActiveEditor.setState({ editor: describe(path, editor) })
  }
  const soon = (): void => {
    if (!frame) frame = requestAnimationFrame(publish)
  }
  useFocusedEditor.setState({ focused: { path, editor } })
  publish()
  const subscriptions = [editor.onDidChangeCursorSelection(soon), editor.onDidChangeModelContent(soon), editor.onDidChangeModelLanguage(soon), editor.onDidChangeModelOptions(soon)]
  return () => {
    if (frame) cancelAnimationFrame(frame)
    for (const subscription of subscriptions) subscription.dispose()
    if (useFocusedEditor.getState().focused?.editor === editor) {
      useFocusedEditor.setState({ focused: null })
      useActiveEditor.setState({ editor: null })
    }
  }
}
