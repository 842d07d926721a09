import { useEffect, useRef, useState } from 'react'
import { runCommand } from '../../shell/commands.ts'
import { errorWords } from '../../shell/error-words.ts'
import { ErrorState } from '../../shell/error-state.tsx'
import type { PageProps } from '../../shell/feature.ts'
import { usePageFocus } from '../../shell/page-focus.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { draftKey, editDraft, loadDraft, saveDraft, scopeOfPage, useJsonDrafts } from './json-drafts.ts'

/** A settings file as text. */
export function SettingsJsonPage({ page, isActive }: PageProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  usePageFocus(page.id, isActive, field)
  const scope = scopeOfPage(page.id)
  const draft = useJsonDrafts(state => state.drafts[draftKey(scope)])
  const [failure, setFailure] = useState<unknown>(null)
  useEffect(() => {
    loadDraft(scope).catch(setFailure)
  }, [scope])
  if (failure !== null) return <ErrorState error={failure} action={{ label: 'Read again', run: () => void loadDraft(scope).then(() => setFailure(null), setFailure) }} />
  if (!draft) return <LoadingState text="Reading the settings file" />
  const isDirty = draft.text !== draft.saved
  return (
    <div className="flex h-full min-h-0 flex-col" data-key-scope="settings-json">
      <header className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <p className="min-w-0 flex-1 truncate text-12 text-muted" title={draft.path}>
          {draft.path}
        </p>
        <Button onClick={() => void runCommand('settings.open').catch(reportFailure)}>Edit as a form</Button>
        <Button variant="primary" disabled={!isDirty} onClick={() => void saveDraft(scope)}>
          Save
        </Button>
      </header>
      {draft.failure !== null && <Problems failure={draft.failure} />}
      <textarea
        ref={field}
        aria-label={`Settings file ${draft.path}`}
        spellCheck={false}
        value={draft.text}
        onChange={event => editDraft(scope, event.target.value)}
        className="focus-none min-h-0 flex-1 resize-none bg-surface-2 caret-accent px-4 py-3 font-mono text-13 leading-5.25"
      />
    </div>
  )
}

function Problems({ failure }: { failure: unknown }) {
  const { what, why, next } = errorWords(failure)
  return (
    <p role="alert" className="shrink-0 border-b border-line bg-error-soft px-4 py-2 text-12 whitespace-pre-line">
      <b className="font-strong text-error">{what}</b> {why} {next}
    </p>
  )
}
