import { useEffect } from 'react'
import { shownName } from '#shared/relative-path.ts'
import { LoadingState } from '../../ui/states.tsx'
import { ErrorState } from '../../shell/error-state.tsx'
import type { PageProps } from '../../shell/feature.ts'
import { closePage } from '../../shell/close-page.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Breadcrumbs } from './breadcrumbs.tsx'
import { CodeEditor } from './code-editor.tsx'
import { CompareView } from './compare-view.tsx'
import { DiskBar, readOnlyReason } from './disk-bar.tsx'
import { useDocuments } from './documents/document-state.ts'
import { codeOf } from './documents/files-door.ts'
import { dropKeysFor } from './early-keys.ts'
import { GhostHint } from './ghost/ghost-hint.tsx'
import { pathOfPage } from './page-ids.ts'
import { documents, useDocumentsOwner } from './the-documents.ts'

/** One file in a tab: where it stands, what happened to it, its text. */
export function EditorPage({ page, isActive }: PageProps) {
  const path = pathOfPage(page)
  const document = useDocuments(state => state.documents.get(path))
  const owner = useDocumentsOwner(state => state.owner)
  const isMissing = document === undefined
  useEffect(() => {
    if (isMissing) void owner?.open(path)
  }, [owner, path, isMissing])
  const hasEditor = document?.status !== 'failed' && document?.isComparing !== true
  useEffect(() => {
    if (!hasEditor) dropKeysFor(path)
  }, [path, hasEditor])
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface-2">
      <Breadcrumbs path={path} />
      {document?.status === 'ready' && <DiskBar document={document} />}
      <div className="relative min-h-0 flex-1">
        {(!document || document.status === 'loading') && <LoadingState text="Opening the file" />}
        {document?.status === 'failed' && <CannotShow path={path} pageId={page.id} failure={document.failure} />}
        {document?.status === 'ready' &&
          (document.isComparing && document.theirs ? (
            <CompareView path={path} theirs={document.theirs} />
          ) : (
            <CodeEditor path={path} label={`${shownName(page.title)}${document.isDirty ? ', not saved' : ''}, editor`} isActive={isActive} readOnlyReason={readOnlyReason(document)} />
          ))}
        {isActive && document?.status === 'ready' && <GhostHint />}
      </div>
    </div>
  )
}

/** A file without a text that could be shown: what it is, and what to do. */
function CannotShow({ path, pageId, failure }: { path: string; pageId: string; failure: unknown }) {
  const isFinal = ['FILE_BINARY', 'FILE_TOO_LARGE'].includes(codeOf(failure) ?? '')
  const close = { label: 'Close', run: () => void closePage(pageId).catch(reportFailure) }
  const again = { label: 'Try again', run: () => void documents().open(path) }
  return <ErrorState error={failure} action={isFinal ? close : again} />
}
