import '../../renderer/ui/tokens.css'
import { monaco } from '../../renderer/features/editor/monaco/setup.ts'
import { fixedOptions } from '../../renderer/features/editor/editor-options.ts'

declare global {
  interface Window {
    /** What the provider says, and after how long. */
    answer: { text: string; milliseconds: number }
    setText: (text: string) => void
  }
}

// The peer: the same editor with a provider that answers in the page, after the model's time, behind Monaco's own rest of 40 ms.
window.answer = { text: '', milliseconds: 0 }
const model = monaco.editor.createModel('', 'typescript')
const host = document.getElementById('editor')
if (host) monaco.editor.create(host, { ...fixedOptions, model, fontSize: 13 }).focus()
window.setText = text => model.setValue(text)
monaco.languages.registerInlineCompletionsProvider('typescript', {
  debounceDelayMs: 40,
  async provideInlineCompletions(_, position, __, token) {
    const { text, milliseconds } = window.answer
    await new Promise(resolve => setTimeout(resolve, milliseconds))
    if (token.isCancellationRequested) return { items: [] }
    return { items: [{ insertText: text, range: new monaco.Range(position.lineNumber, position.column, position.lineNumber, position.column) }] }
  },
  disposeInlineCompletions: () => undefined,
})
