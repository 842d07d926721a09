import { smallestEdit } from '../documents/smallest-edit.ts'
import type { MakeBuffer } from '../documents/text-buffer.ts'
import { loadMonaco, loadedMonaco, type Monaco } from './load-monaco.ts'

/** Makes Monaco models for one workspace; their addresses never meet those of another. */
export function monacoBuffers(workspaceId: string, tabSize: () => number): MakeBuffer {
  return async ({ path, text, lineEnding }) => {
    const monaco = await loadMonaco()
    const model = monaco.editor.createModel(text, undefined, modelUri(monaco, workspaceId, path))
    const ends = { lf: monaco.editor.EndOfLineSequence.LF, crlf: monaco.editor.EndOfLineSequence.CRLF }
    model.setEOL(ends[lineEnding])
    model.updateOptions({ tabSize: tabSize(), indentSize: tabSize(), insertSpaces: true, bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false } })
    model.detectIndentation(true, tabSize())
    const read = (): string => model.getValue(monaco.editor.EndOfLinePreference.LF)
    return {
      language: model.getLanguageId(),
      read,
      length: () => model.getValueLength(),
      state: () => model.getAlternativeVersionId(),
      replace: next => {
        const edit = smallestEdit(read(), next)
        if (!edit) return
        // Offsets count line ends as the model has them; as `\n` they are one character each.
        const range = rangeOf(read(), edit.start, edit.end)
        model.pushStackElement()
        model.pushEditOperations([], [{ range, text: edit.text }], () => null)
        model.pushStackElement()
      },
      setLineEnding: next => model.pushEOL(ends[next]),
      onChange: listener => {
        const subscription = model.onDidChangeContent(listener)
        return () => subscription.dispose()
      },
      dispose: () => model.dispose(),
    }
  }
}

function modelUri(monaco: typeof Monaco, workspaceId: string, path: string): Monaco.Uri {
  return monaco.Uri.from({ scheme: 'cortex', authority: workspaceId, path: `/${path}` })
}

/** The model of an open file. */
export function modelOf(workspaceId: string, path: string): Monaco.editor.ITextModel | null {
  const monaco = loadedMonaco()
  return monaco.editor.getModel(modelUri(monaco, workspaceId, path))
}

function rangeOf(text: string, start: number, end: number): Monaco.IRange {
  const from = positionAt(text, start)
  const to = positionAt(text, end)
  return { startLineNumber: from.line, startColumn: from.column, endLineNumber: to.line, endColumn: to.column }
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let lineStart = 0
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', next + 1)) {
    line += 1
    lineStart = next + 1
  }
  return { line, column: offset - lineStart + 1 }
}
