import { Download, ListFilter, RefreshCw, ShieldCheck } from 'lucide-react'
import { useEffect, useRef, useState, type RefObject } from 'react'
import { findingText, reportText } from '#shared/audit-words.ts'
import type { AuditOutcome } from '#shared/contract/audit.ts'
import type { PageProps } from '../../shell/feature.ts'
import { runCommand } from '../../shell/commands.ts'
import { errorWords } from '../../shell/error-words.ts'
import { usePageFocus } from '../../shell/page-focus.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Field } from '../../ui/field.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Select } from '../../ui/select.tsx'
import { EmptyState, FailureState, LoadingState } from '../../ui/states.tsx'
import { whenText } from '../../ui/when.ts'
import { areas, detailFacts, kindText } from './audit-entry-words.ts'
import { AuditExport } from './audit-export.tsx'
import { AuditList } from './audit-list.tsx'
import { AuditProblem, useAuditState } from './audit-section.tsx'
import { noFilters, setFilters, showNewest, useAudit, verifyNow } from './audit-store.ts'

const outcomes: readonly { value: AuditOutcome | 'any'; label: string }[] = [
  { value: 'any', label: 'Any outcome' },
  { value: 'done', label: 'Done' },
  { value: 'allowed', label: 'Allowed' },
  { value: 'refused', label: 'Refused' },
  { value: 'failed', label: 'Failed' },
]

/** The audit log as a tab: its entries, what its verification found, and one entry in full. */
export function AuditPage({ page, isActive }: PageProps) {
  const scroller = useRef<HTMLDivElement>(null)
  usePageFocus(page.id, isActive, scroller)
  const state = useAuditState()
  const { filters, ratio } = useAudit()
  const [isExporting, setIsExporting] = useState(false)
  const last = state?.lastSequence
  const isReadable = !state?.problem
  useEffect(() => {
    // New entries come in at the top only while the newest are in view: what is read stays where it is.
    if ((scroller.current?.scrollTop ?? 0) === 0) void showNewest()
  }, [last, isReadable])
  const report = state?.report ?? null
  const isLocked = state?.problem ? errorWords(state.problem).code === 'STORAGE_LOCKED' : false
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 flex-wrap items-center gap-2 px-4 py-2">
        <Field label="Filter the audit log" isLabelHidden placeholder="Filter" icon={ListFilter} value={filters.text} onChange={event => setFilters({ ...filters, text: event.target.value })} className="min-w-32 flex-1" />
        <Select label="Area" isLabelHidden value={filters.area} options={areas} onChange={area => setFilters({ ...filters, area })} className="w-44 min-w-0" />
        <Select label="Outcome" isLabelHidden value={filters.outcome} options={outcomes} onChange={outcome => setFilters({ ...filters, outcome })} className="w-32 min-w-0" />
        <div className="flex gap-2">
          <Button icon={RefreshCw} disabled={isLocked} onClick={() => void showNewest()}>Newest</Button>
          <Button icon={Download} disabled={isLocked} onClick={() => setIsExporting(true)}>Export</Button>
          <Button icon={ShieldCheck} disabled={ratio !== null || isLocked} onClick={() => void verifyNow()}>Verify</Button>
        </div>
      </header>
      {ratio !== null && <Progress label="Verifying the audit log" ratio={ratio} className="mx-4 mb-1" />}
      <div role="status" className="shrink-0 px-4 pb-2 text-12">
        {state?.problem && !isLocked && <AuditProblem problem={state.problem} />}
        {report && <p className={report.findings.length > 0 ? 'font-strong text-error' : 'text-muted'}>{`${reportText(report).slice(0, -1)}, ${whenText(report.at)}.`}</p>}
        {report?.findings.map(finding => (
          <p key={`${finding.finding} ${finding.from} ${finding.to}`} className="text-error">
            {findingText(finding)}
          </p>
        ))}
      </div>
      {isLocked ? (
        <EmptyState text="The vault is locked. The audit log is in it, unharmed; what may not go unrecorded is refused meanwhile." action={{ label: 'Unlock', run: () => void runCommand('vault.unlock').catch(reportFailure) }} />
      ) : (
        <Shown scroller={scroller} />
      )}
      {isExporting && <AuditExport onClose={() => setIsExporting(false)} />}
    </div>
  )
}

function Shown({ scroller }: { scroller: RefObject<HTMLDivElement | null> }) {
  const { entries, hasMore, failure, selected } = useAudit()
  if (failure !== null) return <FailureState title="The audit log cannot be shown." reason={failure} action={{ label: 'Try again', run: () => void showNewest() }} />
  if (entries === null) return <LoadingState text="Reading the audit log" />
  if (entries.length === 0) return <EmptyState text="No entry matches." action={{ label: 'Show all entries', run: () => setFilters(noFilters) }} />
  const entry = entries.find(({ sequence }) => sequence === selected)
  return (
    <>
      <AuditList entries={entries} hasMore={hasMore} scroller={scroller} />
      {entry && (
        <section aria-label="The entry chosen" aria-live="polite" className="max-h-[40%] shrink-0 overflow-y-auto border-t border-line bg-surface-1 px-4 py-3">
          <h2 className="text-13 font-strong break-words">
            {kindText(entry.kind)}, {entry.outcome}, by {entry.actor}
            {entry.subject !== null && `: ${entry.subject}`}
          </h2>
          <FactList className="mt-1 max-w-96" facts={detailFacts(entry)} />
        </section>
      )}
    </>
  )
}
