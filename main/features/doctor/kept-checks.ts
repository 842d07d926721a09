import type { AuditReport, AuditState } from '#shared/contract/audit.ts'
import type { Check } from '#shared/contract/doctor.ts'
import type { StorageState } from '#shared/contract/storage.ts'
import { errorText } from '#shared/error-text.ts'
import type { ErrorCode } from '#shared/errors.ts'
import { ok, problem, warning } from './checks.ts'

type Stored = Pick<StorageState, 'problem' | 'restored' | 'damaged' | 'backupProblem' | 'backups'>

/** The database, what a person should know that was set aside or restored, and its backups. */
export function storageChecks({ problem: trouble, restored, damaged, backupProblem, backups }: Stored): Check[] {
  const checks = [trouble ? told('Database', trouble, 'it cannot be opened') : ok('Database', 'open, encrypted')]
  if (restored) checks.push(warning('Restored', `a backup of ${moment(restored.backupAt)} took the place of a damaged or missing database; what was kept after it is not there`, 'Look at what is missing, then say on the privacy page that you read it.'))
  if (damaged.length > 0) checks.push(warning('Set aside', damaged.join(', '), 'These hold what a damaged database held, encrypted. Remove them when you do not need them.'))
  const [newest] = backups
  if (backupProblem) checks.push(told('Backups', backupProblem, 'the last one failed'))
  else checks.push(ok('Backups', newest ? `${backups.length}, the newest of ${moment(newest.at)}` : 'none yet'))
  return checks
}

/** `report`: null where it could not be verified. */
export function auditCheck({ entries, problem: trouble }: Pick<AuditState, 'entries' | 'problem'>, report: AuditReport | null): Check {
  const name = 'Audit log'
  if (trouble) return told(name, trouble, 'nothing can be recorded')
  if (!report) return warning(name, `${entries} entries; they could not be verified`, 'Run: cortex audit verify')
  if (report.findings.length === 0) return ok(name, `${report.entries} entries, as they were written`)
  const found = `${report.findings.length} of its parts are not as they were written: ${[...new Set(report.findings.map(({ finding }) => finding))].join(', ')}`
  // What a start found and noted is known; the rest is new.
  return report.findings.every(({ isNoted }) => isNoted) ? warning(name, found, 'It was noted in the log. Run: cortex audit verify') : problem(name, found, 'Run: cortex audit verify')
}

function told(name: string, { code, data }: { code: ErrorCode; data?: unknown }, short: string): Check {
  const { what, action } = errorText(code, data)
  return problem(name, `${short}. ${what}`, action)
}

function moment(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
