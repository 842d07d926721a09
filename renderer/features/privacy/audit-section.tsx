import { findingText } from '#shared/audit-words.ts'
import { useState } from 'react'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { runCommand } from '../../shell/commands.ts'
import { errorWords } from '../../shell/error-words.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Actions, Section } from '../../ui/section.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { auditFacts } from './audit-entry-words.ts'
import { AuditExport } from './audit-export.tsx'
import { useAudit } from './audit-store.ts'

const mostNamed = 3

/** Follows the state of the audit log while a view of it stands. */
export function useAuditState() {
  useWatch(async signal => await client.audit.watch(undefined, { signal }), state => useAudit.setState({ state }), [])
  return useAudit(store => store.state)
}

/** How many entries, whether they are as they were written, and when they were sealed. */
export function AuditSection() {
  const state = useAuditState()
  const [isExporting, setIsExporting] = useState(false)
  if (!state) return <Section title="Audit log"><LoadingState text="Reading the audit log" /></Section>
  return (
    <Section title="Audit log">
      {state.problem && <AuditProblem problem={state.problem} />}
      <FactList facts={auditFacts(state)} />
      {state.report && state.report.findings.length > 0 && (
        <ul className="mt-1 flex flex-col gap-1 text-12 text-error">
          {state.report.findings.slice(0, mostNamed).map(finding => (
            <li key={`${finding.finding} ${finding.from} ${finding.to}`}>{findingText(finding)}</li>
          ))}
        </ul>
      )}
      <Actions>
        <Button onClick={() => void runCommand('privacy.audit').catch(reportFailure)}>Open</Button>
        <Button disabled={state.problem !== null} onClick={() => setIsExporting(true)}>Export</Button>
      </Actions>
      {isExporting && <AuditExport onClose={() => setIsExporting(false)} />}
    </Section>
  )
}

/** Said where entries cannot be kept: what may not go unrecorded is refused meanwhile. */
export function AuditProblem({ problem }: { problem: unknown }) {
  const { code, why, next } = errorWords(problem)
  if (code === 'STORAGE_LOCKED') return <p className="mb-1 text-12 text-muted">The vault is locked: the log opens with it, and what may not go unrecorded is refused.</p>
  return (
    <p role="alert" className="mb-1 text-12 text-error">
      The audit log cannot be written. {why} {next}
    </p>
  )
}
