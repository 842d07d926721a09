import type { Monaco } from '../monaco/load-monaco.ts'
import type { AcceptedText } from './accepted-text.ts'
import { isComposing } from './composition.ts'
import { prefixLimit, suffixLimit } from './ghost-cache.ts'
import { ghostEdit } from './ghost-range.ts'
import type { Ask, GhostSource } from './ghost-source.ts'

export interface GhostProviderOptions {
  source: GhostSource
  accepted: AcceptedText
  isEnabled: () => boolean
  onShown: () => void
  onEnd: (wasAnswered: boolean) => void
}

const none: Monaco.languages.InlineCompletions = { items: [] }

/** Suggestions for every language, drawn by Monaco as ghost text. Its own rest is off: text that is typed through must not wait. */
export function registerGhostText(monaco: typeof Monaco, { source, accepted, isEnabled, onShown, onEnd }: GhostProviderOptions): Monaco.IDisposable {
  const itemsOf = (model: Monaco.editor.ITextModel, position: Monaco.Position, suggestion: string): Monaco.languages.InlineCompletions => {
    const item = itemAt(monaco, model, position, suggestion)
    if (!item) return none
    accepted.offer(item, { path: model.uri.path.replace(/^\/+/, ''), text: item.insertText })
    return { items: [item] }
  }
  return monaco.languages.registerInlineCompletionsProvider(
    { pattern: '**' },
    {
      displayName: 'Cortex',
      debounceDelayMs: 0,
      provideInlineCompletions(model, position, context, token) {
        if (!isEnabled() || context.selectedSuggestionInfo || isComposing(model) || hasSelection(monaco, model)) return none
        const isImmediate = context.triggerKind === monaco.languages.InlineCompletionTriggerKind.Explicit
        if (!isImmediate && !isAtEnd(model, position)) return none
        const ask = windowAt(monaco, model, position)
        const known = source.known(ask)
        if (known !== null) return itemsOf(model, position, known)
        const aborter = new AbortController()
        token.onCancellationRequested(() => aborter.abort())
        return source.ask(ask, aborter.signal, { isImmediate }).then(text => (token.isCancellationRequested ? none : itemsOf(model, position, text)))
      },
      handleItemDidShow: onShown,
      handlePartialAccept: (_, item, __, { acceptedLength }) => accepted.accept(item, acceptedLength),
      handleEndOfLifetime: (_, item, { kind }) => {
        if (kind === monaco.languages.InlineCompletionEndOfLifeReasonKind.Accepted) accepted.accept(item)
        onEnd(kind !== monaco.languages.InlineCompletionEndOfLifeReasonKind.Ignored)
      },
      disposeInlineCompletions: () => undefined,
    },
  )
}

/** What the model sees, cut here so that no more than that goes over the wire. */
export function windowAt(monaco: typeof Monaco, model: Monaco.editor.ITextModel, position: Monaco.Position): Ask {
  const offset = model.getOffsetAt(position)
  const from = model.getPositionAt(Math.max(0, offset - prefixLimit))
  const to = model.getPositionAt(offset + suffixLimit)
  const text = (range: Monaco.Range): string => model.getValueInRange(range, monaco.editor.EndOfLinePreference.LF)
  return {
    path: model.uri.path,
    prefix: text(monaco.Range.fromPositions(from, position)),
    suffix: text(monaco.Range.fromPositions(position, to)),
    language: model.getLanguageId(),
  }
}

function itemAt(monaco: typeof Monaco, model: Monaco.editor.ITextModel, position: Monaco.Position, suggestion: string): { insertText: string; range: Monaco.Range } | null {
  const { lineNumber, column } = position
  const edit = ghostEdit(suggestion, model.getLineContent(lineNumber).slice(column - 1))
  return edit && { insertText: edit.text, range: new monaco.Range(lineNumber, column, lineNumber, column + edit.replaceAfter) }
}

function hasSelection(monaco: typeof Monaco, model: Monaco.editor.ITextModel): boolean {
  return monaco.editor.getEditors().some(editor => editor.getModel() === model && editor.hasTextFocus() && (editor.getSelections() ?? []).some(selection => !selection.isEmpty()))
}

/** Before other text a suggestion would push it away; closing signs at the end of the line are no such text. */
function isAtEnd(model: Monaco.editor.ITextModel, { lineNumber, column }: Monaco.Position): boolean {
  return /^\s*[)\]}>"'`]*\s*[;,:{]?\s*$/.test(model.getLineContent(lineNumber).slice(column - 1))
}
