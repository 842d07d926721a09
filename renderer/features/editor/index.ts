import { FileCode } from 'lucide-react'
import type { Feature } from '../../shell/feature.ts'
import { usePages } from '../../shell/pages.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { beforeClose } from './close-file.ts'
import { editorCommands } from './commands.ts'
import type { Documents } from './documents/documents.ts'
import { EditorPage } from './editor-page.tsx'
import { GhostStatusItem } from './ghost/ghost-status-item.tsx'
import { startGhostText } from './ghost/start-ghost-text.ts'
import { focusFrontFile } from './open-file.ts'
import { fileKind, pageIdOf, pageOf } from './page-ids.ts'
import { CursorItem, EncodingItem, IndentationItem, LanguageItem, LineEndingItem } from './status-items.tsx'
import { syncPages } from './sync-pages.ts'
import { leaveDocuments, makeDocuments } from './the-documents.ts'
import { watchDisk } from './watch-disk.ts'

/** Unsaved text whose tab is gone gets its tab back. */
async function restoreTabs(documents: Documents): Promise<void> {
  const kept = await documents.restore()
  usePages.setState(state => {
    const open = new Set(state.pages.map(page => page.id))
    const missing = kept.filter(buffer => !open.has(pageIdOf(buffer.path))).map(buffer => pageOf(buffer.path, false))
    const pages = [...state.pages, ...missing]
    return missing.length === 0 ? state : { pages, activeId: state.activeId ?? pages[0]?.id ?? null }
  })
}

/** The page may go away without a word: whatever is not kept yet is sent now. */
function keepOnLeave(documents: Documents): () => void {
  const flush = (): void => void documents.flush()
  const onVisibility = (): void => {
    if (document.visibilityState === 'hidden') flush()
  }
  addEventListener('pagehide', flush)
  document.addEventListener('visibilitychange', onVisibility)
  return () => {
    removeEventListener('pagehide', flush)
    document.removeEventListener('visibilitychange', onVisibility)
  }
}

export const editorFeature: Feature = {
  id: 'editor',
  commands: editorCommands,
  pages: [{ kind: fileKind, icon: FileCode, component: EditorPage, beforeClose }],
  statusItems: [
    { id: 'editor.cursor', side: 'left', order: 30, component: CursorItem },
    { id: 'editor.indentation', side: 'right', order: 50, component: IndentationItem },
    { id: 'editor.encoding', side: 'right', order: 60, component: EncodingItem },
    { id: 'editor.lineEnding', side: 'right', order: 70, component: LineEndingItem },
    { id: 'editor.language', side: 'right', order: 80, component: LanguageItem },
    { id: 'editor.suggestions', side: 'right', order: 90, component: GhostStatusItem },
  ],
  onWorkspace: workspaceId => {
    const documents = makeDocuments(workspaceId)
    const stops = [syncPages(documents), watchDisk(workspaceId, documents), startGhostText(), keepOnLeave(documents)]
    focusFrontFile()
    restoreTabs(documents).catch(reportFailure)
    return () => {
      stops.forEach(stop => stop())
      leaveDocuments(documents)
      void documents.dispose()
    }
  },
}
