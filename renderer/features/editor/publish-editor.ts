import { useActiveEditor, type ActiveEditor, type EditorSelection } from '../../shell/active-editor.ts'
import { documentOf } from './documents/document-state.ts'
import { useFocusedEditor } from './focused-editor.ts'
import { insertionFor } from './insertion.ts'
import { loadedMonaco, type Monaco } from './monaco/load-monaco.ts'

type CodeEditor = Monaco.editor.IStandaloneCodeEditor

function describe(path: string, editor: CodeEditor, isFound: boolean): ActiveEditor | null {
  const model = editor.getModel()
  const position = editor.getPosition()
  const state = documentOf(path)
  if (!model || !position || !state) return null
  return {
    path,
    language: model.getLanguageId(),
    cursor: { line: position.lineNumber, column: position.column },
    totalLines: model.getLineCount(),
    selection: isFound ? null : selectionOf(editor),
    encoding: state.encoding,
    lineEnding: state.lineEnding,
    // Somebody may still hold this while the tab closes.
    readText: () => (model.isDisposed() ? '' : model.getValue(loadedMonaco().editor.EndOfLinePreference.LF)),
    readSelection: () => selectionOf(editor),
    insertAtCursor: text => {
      const range = editor.getSelection()
      if (!range) return
      editor.pushUndoStop()
      editor.executeEdits('insert', [{ ...fitted(model, range, text), forceMoveMarkers: true }])
      editor.pushUndoStop()
      editor.focus()
    },
  }
}

/** A selection gives way to the code; without one, it takes lines of its own. */
function fitted(model: Monaco.editor.ITextModel, range: Monaco.Selection, code: string): { range: Monaco.IRange; text: string } {
  if (!range.isEmpty()) return { range, text: code }
  const { startLineNumber, startColumn } = range
  const line = model.getLineContent(startLineNumber)
  const { atLineEnd, text } = insertionFor(code, line.slice(0, startColumn - 1), line.slice(startColumn - 1))
  const column = atLineEnd ? line.length + 1 : startColumn
  return { range: { startLineNumber, startColumn: column, endLineNumber: startLineNumber, endColumn: column }, text }
}

/** While somebody writes in the editor's find field, what is selected is a match and nobody's choice. */
function isFinding(editor: CodeEditor): boolean {
  const field = document.activeElement?.closest('.find-widget')
  return field != null && editor.getDomNode()?.contains(field) === true
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
  let isFound = false
  const publish = (): void => {
    frame = 0
    useActiveEditor.setState({ editor: describe(path, editor, isFound) })
  }
  const soon = (): void => {
    if (!frame) frame = requestAnimationFrame(publish)
  }
  const onSelection = (): void => {
    isFound = isFinding(editor)
    soon()
  }
  useFocusedEditor.setState({ focused: { path, editor } })
  publish()
  const subscriptions = [editor.onDidChangeCursorSelection(onSelection), editor.onDidChangeModelContent(soon), editor.onDidChangeModelLanguage(soon), editor.onDidChangeModelOptions(soon)]
  return () => {
    if (frame) cancelAnimationFrame(frame)
    for (const subscription of subscriptions) subscription.dispose()
    if (useFocusedEditor.getState().focused?.editor === editor) {
      useFocusedEditor.setState({ focused: null })
      useActiveEditor.setState({ editor: null })
    }
  }
}
