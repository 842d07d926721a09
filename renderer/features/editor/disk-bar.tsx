import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { errorWords } from '../../shell/error-words.ts'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { changeDocument, type DocumentState } from './documents/document-state.ts'
import { documents } from './the-documents.ts'

function Bar({ tone, text, children }: { tone: 'warn' | 'error' | 'plain'; text: string; children?: ReactNode }) {
  const look = { warn: 'bg-warn-soft text-text', error: 'bg-error-soft text-text', plain: 'bg-surface-1 text-muted' }[tone]
  const mark = { warn: 'text-warn', error: 'text-error', plain: 'text-muted' }[tone]
  return (
    <div role={tone === 'plain' ? 'status' : 'alert'} className={`flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5 text-12 ${look}`}>
      <Icon icon={TriangleAlert} size={14} className={mark} />
      <span className="min-w-48 flex-1 break-words">{text}</span>
      <span className="flex flex-wrap gap-2">{children}</span>
    </div>
  )
}

/** Says in the editor what a person must know of the file: changed, deleted, not saved, read-only. */
export function DiskBar({ document }: { document: DocumentState }) {
  const { path } = document
  const save = (): void => void documents().save(path).catch(reportFailure)
  if (document.conflict === 'changed')
    return (
      <Bar tone="warn" text="This file changed on disk while it was edited here. Your text is kept.">
        <Button size="small" disabled={!document.theirs} onClick={() => changeDocument(path, { isComparing: !document.isComparing })}>
          {document.isComparing ? 'Back to editing' : 'Compare'}
        </Button>
        <Button size="small" onClick={() => documents().keepMine(path)}>
          Keep mine
        </Button>
        <Button size="small" onClick={() => void documents().takeTheirs(path).catch(reportFailure)}>
          Take theirs
        </Button>
      </Bar>
    )
  if (document.conflict === 'deleted')
    return (
      <Bar tone="warn" text="This file was deleted on disk. Its text is still here; saving writes the file again.">
        <Button size="small" onClick={save}>
          Save again
        </Button>
        <Button size="small" onClick={() => void runCommand('pages.close').catch(reportFailure)}>
          Close
        </Button>
      </Bar>
    )
  if (document.saveFailure !== null && document.saveFailure !== undefined) {
    const { what, why, next } = errorWords(document.saveFailure)
    return (
      <Bar tone="error" text={[what, why, next].join(' ')}>
        <Button size="small" onClick={save}>
          Save again
        </Button>
        <Button size="small" onClick={() => changeDocument(path, { saveFailure: null })}>
          Hide
        </Button>
      </Bar>
    )
  }
  if (document.keepFailure !== null && document.keepFailure !== undefined) return <Bar tone="error" text={`Unsaved text is not kept for a restart. ${errorWords(document.keepFailure).why} Save the file to be safe.`} />
  const reason = readOnlyReason(document)
  return reason === null ? null : <Bar tone="plain" text={reason} />
}

/** Why nothing can be typed into a file; null when it can. */
export function readOnlyReason(document: DocumentState): string | null {
  if (document.hasInvalidText) return 'Read only: some bytes of this file are not valid UTF-8 and are shown as \ufffd. Saving would damage them.'
  if (document.isReadOnly) return 'Read only: you have no right to write this file.'
  return null
}
