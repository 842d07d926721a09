import type { Monaco } from '../monaco/load-monaco.ts'

/** Documents in which an input method is composing a character now. */
const composing = new Set<string>()

export function watchComposition(editor: Monaco.editor.IStandaloneCodeEditor): () => void {
  const address = editor.getModel()?.uri.toString() ?? ''
  const subscriptions = [editor.onDidCompositionStart(() => void composing.add(address)), editor.onDidCompositionEnd(() => void composing.delete(address))]
  return () => {
    composing.delete(address)
    for (const subscription of subscriptions) subscription.dispose()
  }
}

export function isComposing(model: Monaco.editor.ITextModel): boolean {
  return composing.has(model.uri.toString())
}
