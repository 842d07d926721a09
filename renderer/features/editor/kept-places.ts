import { z } from 'zod'
import { keep, readKept } from '../../shell/layout.ts'
import { usePages } from '../../shell/pages.ts'
import type { Monaco } from './monaco/load-monaco.ts'
import { fileKind, pathOfPage } from './page-ids.ts'

type Editor = Monaco.editor.IStandaloneCodeEditor

const KEPT = 'editor.places'
const PAUSE_MILLISECONDS = 250
const count = z.number().int().min(1)
/** Where the selection begins and where the cursor stands, from 1; how far the text is scrolled, in pixels. */
const Place = z.object({ anchorLine: count, anchorColumn: count, line: count, column: count, scrollTop: z.number().min(0) })
type Place = z.infer<typeof Place>

function keptPlaces(): Record<string, unknown> {
  const kept = z.record(z.string(), z.unknown()).safeParse(readKept(KEPT))
  return kept.success ? kept.data : {}
}

function placeOf(editor: Editor): Place | null {
  const selection = editor.getSelection()
  if (!selection) return null
  const { selectionStartLineNumber, selectionStartColumn, positionLineNumber, positionColumn } = selection
  return { anchorLine: selectionStartLineNumber, anchorColumn: selectionStartColumn, line: positionLineNumber, column: positionColumn, scrollTop: editor.getScrollTop() }
}

/** Puts cursor, selection and scroll back to where they were before the page went; the text may have become shorter. */
export function restorePlace(path: string, editor: Editor): void {
  const kept = Place.safeParse(keptPlaces()[path])
  if (!kept.success) return
  const { anchorLine, anchorColumn, line, column, scrollTop } = kept.data
  editor.setSelection({ selectionStartLineNumber: anchorLine, selectionStartColumn: anchorColumn, positionLineNumber: line, positionColumn: column })
  editor.setScrollTop(scrollTop)
}

/** Keeps them with the layout, a moment after each change, for the files that are open. Answers how to stop. */
export function keepPlace(path: string, editor: Editor): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  const write = (): void => {
    timer = null
    const place = placeOf(editor)
    const open = new Set(usePages.getState().pages.filter(page => page.kind === fileKind).map(pathOfPage))
    const others = Object.entries(keptPlaces()).filter(([other]) => other !== path && open.has(other))
    keep(KEPT, Object.fromEntries(place && open.has(path) ? [...others, [path, place]] : others))
  }
  const later = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(write, PAUSE_MILLISECONDS)
  }
  const onLeave = (): void => {
    if (timer === null) return
    clearTimeout(timer)
    write()
  }
  // Before the layout is sent, which happens at the same event.
  addEventListener('pagehide', onLeave, true)
  const subscriptions = [editor.onDidChangeCursorSelection(later), editor.onDidScrollChange(later)]
  return () => {
    removeEventListener('pagehide', onLeave, true)
    if (timer !== null) clearTimeout(timer)
    for (const subscription of subscriptions) subscription.dispose()
  }
}
