import { InvalidArgumentError, type Command } from 'commander'
import type { LedgerEntry, LedgerFilter, LedgerFormat } from '#shared/contract/ledger.ts'
import { plain } from './plain-command.ts'
import { printable } from './printable.ts'
import { runCommand } from './run-command.ts'

type HostOptions = () => { entryFolder: string; model: string | null }
interface FilterOptions extends LedgerFilter {
  host?: string
}

/** `cortex ledger …`. */
export function addLedgerCommands(program: Command, host: HostOptions): void {
  const ledger = plain(program.command('ledger')).description('Every connection that was asked for and every file that was kept from a context: by whom, to what, and by which rule it was allowed or refused.')
  filtered(ledger.command('list').description('The newest entries, newest first.'))
    .option('--limit <number>', 'how many, up to 1,000', readLimit, 50)
    .option('--json', 'print each entry as a line of JSON')
    .action(async ({ limit, json, ...options }: FilterOptions & { limit: number; json?: boolean }) => await runCommand(host(), async client => {
      const { entries, hasMore } = await client.ledger.list({ ...filterOf(options), limit })
      process.stdout.write(entries.map(entry => (json ? `${JSON.stringify(entry)}\n` : line(entry))).join(''))
      if (!json && entries.length === 0) process.stdout.write('No entry fits.\n')
      if (!json && hasMore) process.stdout.write(`More than ${limit} fit; give a higher --limit, or export them.\n`)
    }))
  filtered(ledger.command('export').description('All entries that fit, newest first, on stdout.'))
    .option('--format <format>', 'jsonl or csv', readFormat, 'jsonl')
    // Every command has it; here it is the format that is there anyway.
    .option('--json', 'the same as --format jsonl')
    .action(async ({ format, json, ...options }: FilterOptions & { format: LedgerFormat; json?: boolean }) => await runCommand(host(), async (client, signal) => {
      for await (const text of await client.ledger.export({ ...filterOf(options), format: json ? 'jsonl' : format }, { signal })) {
        if (!process.stdout.write(text)) await new Promise(resolve => process.stdout.once('drain', resolve))
      }
    }))
}

function filtered(command: Command): Command {
  return plain(command)
    .option('--who <name>', 'by whom: host, page, a feature')
    .option('--decision <decision>', 'allowed or refused', oneOf('allowed', 'refused'))
    .option('--kind <kind>', 'connection or context', oneOf('connection', 'context'))
    .option('--host <host>', 'exactly this host or path')
    .option('--text <text>', 'a part of any field')
    .option('--from <time>', 'from this time on, as 2026-11-21 or 2026-11-21T18:00', readTime)
    .option('--until <time>', 'before this time', readTime)
}

function filterOf({ who, decision, kind, host, text, from, until }: FilterOptions): LedgerFilter {
  return { who, decision, kind, target: host, text, from, until }
}

function line({ at, who, why, target, address, port, decision, rule, bytesIn, bytesOut }: LedgerEntry): string {
  const place = `${target}${port === undefined ? '' : `:${port}`}${address === undefined || address === target ? '' : ` (${address})`}`
  const carried = bytesIn + bytesOut > 0 ? `  ${bytesIn.toLocaleString('en')} bytes in, ${bytesOut.toLocaleString('en')} out` : ''
  return `${printable(`${at.toLocaleString('en-GB')}  ${decision.padEnd(7)}  ${who}  ${why}  ${place}  ${rule}${carried}`)}\n`
}

function oneOf<T extends string>(...values: T[]): (text: string) => T {
  return text => {
    const value = values.find(one => one === text)
    if (value === undefined) throw new InvalidArgumentError(`It must be ${values.join(' or ')}.`)
    return value
  }
}

const readFormat = oneOf('jsonl', 'csv')

function readTime(text: string): Date {
  const time = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text)
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('It must be a time such as 2026-11-21 or 2026-11-21T18:00.')
  return time
}

function readLimit(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 1000) throw new InvalidArgumentError('It must be a whole number from 1 to 1,000.')
  return value
}
