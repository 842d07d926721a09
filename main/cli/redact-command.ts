import type { Command } from 'commander'
import { plain } from './plain-command.ts'
import { readAll } from './read-value.ts'
import { runCommand } from './run-command.ts'

type Host = () => { entryFolder: string; model: string | null }

/** `cortex redact < text`: the masked text on stdout, what was masked on stderr. */
export function addRedactCommand(program: Command, host: Host): void {
  plain(program.command('redact'))
    .description('Print the text on stdin with secrets and personal data masked; what was masked, and where, goes to stderr.')
    .option('--addresses', 'mask IP addresses too')
    .option('--json', 'print the masked text and the findings as JSON')
    .action(async ({ addresses, json }: { addresses?: boolean; json?: boolean }) => await runCommand(host(), async client => {
      const text = await readAll(process.stdin)
      const result = await client.redaction.test({ text, addresses: addresses === true })
      if (json === true) {
        process.stdout.write(`${JSON.stringify(result)}\n`)
        return
      }
      process.stdout.write(`${result.masked}\n`)
      for (const { line, column, kind, length } of result.findings) process.stderr.write(`${line}:${column}  ${kind}  ${length} characters\n`)
      process.stderr.write(result.count === 0 ? 'Nothing was masked.\n' : `${result.count.toLocaleString('en')} masked.\n`)
    }))
}
