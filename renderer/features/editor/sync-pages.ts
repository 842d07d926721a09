import { updatePage, usePages } from '../../shell/pages.ts'
import { isDirty, useDocuments } from './documents/document-state.ts'
import type { Documents } from './documents/documents.ts'
import { fileKind, pathOfPage } from './page-ids.ts'

/** Dirty marks go to the tabs, an edited preview stays, and a document without a tab is closed. */
export function syncPages(documents: Documents): () => void {
  const mark = (): void => {
    for (const page of usePages.getState().pages) {
      if (page.kind !== fileKind) continue
      const dirty = isDirty(pathOfPage(page))
      if ((page.isDirty ?? false) !== dirty || (dirty && page.isPreview)) updatePage(page.id, { isDirty: dirty, ...(dirty ? { isPreview: false } : {}) })
    }
  }
  const release = (): void => {
    const shown = new Set(usePages.getState().pages.filter(page => page.kind === fileKind).map(pathOfPage))
    for (const path of useDocuments.getState().documents.keys()) if (!shown.has(path)) void documents.release(path)
  }
  const stops = [
    useDocuments.subscribe(mark),
    usePages.subscribe((state, former) => {
      if (state.pages === former.pages) return
      mark()
      // A tab that moves between groups goes and comes in one turn; its view goes first.
      setTimeout(release)
    }),
  ]
  mark()
  return () => stops.forEach(stop => stop())
}
