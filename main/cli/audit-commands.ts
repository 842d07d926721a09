import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { InvalidArgumentError, type Command } from 'commander'
import { findingText, reportText } from '#shared/audit-words.ts'
import { AuditOutcome, type AuditEntry, type AuditQuery, type AuditReport } from '#shared/contract/audit.ts'
import type { Client } from '#shared/contract/index.ts'
import { AppError } from '#shared/errors.ts'
import { readError } from '../platform/files/file-errors.ts'
import { verifyExport } from '../platform/audit/verify-export.ts'
import { plain } from './plain-command.ts'
import { printError } from './print-error.ts'
import { printable } from './printable.ts'
import { runCommand } from './run-command.ts'

interface FilterOptions extends AuditQuery {
  json?: boolean
}

/** `cortex audit list|verify|export`. */
export function addAuditCommands(program: Command, host: () => { entryFolder: string; model: string | null }): void {
  const audit = plain(program.command('audit')).description('The record of what happened: append-only, chained and sealed.')
  withFilters(plain(audit.command('list')).description('Print the newest entries: number, time, what, who, outcome, subject, details.'))
    .option('--text <part>', 'only entries that hold this, in any case')
    .option('--limit <number>', 'how many, up to 500', number, 50)
    .option('--json', 'print one entry as JSON in each line')
    .action(async ({ json, ...query }: FilterOptions & { limit: number }) => await runCommand(host(), async client => {
      const { entries } = await client.audit.query({ ...query, limit: Math.min(500, Math.max(1, query.limit)) })
      process.stdout.write(entries.map(entry => (json ? `${JSON.stringify(entry)}\n` : entryLine(entry))).join(''))
    }))
  plain(audit.command('verify'))
    .description('Check every entry, the seals and the head file, and name what was edited, removed or moved; ends with 1 where something was. With --file: an export, on any machine.')
    .option('--file <export>', 'an export as JSONL; nothing but this file is used')
    .option('--json', 'print the report as JSON')
    .action(async ({ file, json = false }: { file?: string; json?: boolean }) => {
      if (file !== undefined) await verifyFile(file, json)
      else await runCommand(host(), async (client, signal) => { await verify(client, json, signal) })
    })
  withFilters(plain(audit.command('export')).description('Print the entries as JSONL, which "cortex audit verify --file" checks on any machine unless entries are filtered by kind, actor or outcome, or as CEF for a SIEM.'))
    .option('--format <format>', 'jsonl or cef', readFormat, 'jsonl')
    .option('--json', 'the same as --format jsonl')
    .action(async ({ json, ...request }: FilterOptions & { format: 'jsonl' | 'cef' }) => await runCommand(host(), async (client, signal) => {
      for await (const { text } of await client.audit.export({ ...request, ...(json ? { format: 'jsonl' as const } : {}) }, { signal })) process.stdout.write(text)
    }))
}

function withFilters(command: Command): Command {
  return command
    .option('--kind <kind>', 'only an area such as "vault", or a kind such as "vault.unlock"')
    .option('--actor <name>', 'only what this one caused')
    .option('--outcome <outcome>', AuditOutcome.options.join(', '), readOutcome)
    .option('--from <number>', 'first entry', number)
    .option('--to <number>', 'last entry', number)
}

async function verify(client: Client, isJson: boolean, signal: AbortSignal): Promise<void> {
  for await (const event of await client.audit.verify(undefined, { signal })) {
    if (event.type === 'progress') continue
    const { report } = event
    process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : words(report))
    if (report.findings.length > 0) throw new AppError('AUDIT_BROKEN', { findings: report.findings.length })
  }
}

async function verifyFile(file: string, isJson: boolean): Promise<never> {
  let exitCode = 1
  try {
    const verdict = await verifyExport(createInterface({ input: createReadStream(file), crlfDelay: Infinity })).catch((error: unknown) => {
      throw readError(error, file)
    })
    if (verdict.status === 'unreadable') throw new AppError('AUDIT_EXPORT_UNREADABLE', { path: file, reason: 'it is not an export of the audit log as JSONL' })
    if (verdict.status === 'filtered') throw new AppError('AUDIT_EXPORT_UNREADABLE', { path: file, reason: 'entries were left out by a filter, so that the chain cannot be followed' })
    process.stdout.write(isJson ? `${JSON.stringify(verdict)}\n` : `${words(verdict)}Sealed by the key ${verdict.fingerprint ?? ''}\n`)
    if (verdict.findings.length > 0) throw new AppError('AUDIT_BROKEN', { findings: verdict.findings.length })
    exitCode = 0
  } catch (error) {
    printError(error)
  }
  process.exit(exitCode)
}

function words(report: Pick<AuditReport, 'findings' | 'entries' | 'seals'>): string {
  return [reportText(report), ...report.findings.map(findingText)].map(line => `${line}\n`).join('')
}

function entryLine({ sequence, at, kind, actor, outcome, subject, details }: AuditEntry): string {
  const rest = Object.entries(details).map(([key, value]) => `${key}=${String(value)}`)
  return `${[String(sequence), at.toISOString(), kind, actor, outcome, subject ?? '', rest.join(' ')].map(printable).join('  ').trimEnd()}\n`
}

function number(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

function readOutcome(text: string): AuditOutcome {
  const outcome = AuditOutcome.safeParse(text)
  if (!outcome.success) throw new InvalidArgumentError(`It must be one of ${AuditOutcome.options.join(', ')}.`)
  return outcome.data
}

function readFormat(text: string): 'jsonl' | 'cef' {
  if (text !== 'jsonl' && text !== 'cef') throw new InvalidArgumentError('It must be jsonl or cef.')
  return text
}
