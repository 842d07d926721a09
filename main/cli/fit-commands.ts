import type { Command } from 'commander'
import { sizeWords } from '#shared/size-words.ts'
import { findEntryFile, noEntry } from './find-entry.ts'
import { fitText } from './library-commands.ts'
import { plain } from './plain-command.ts'
import { printableLines } from './printable.ts'
import { whole } from './read-argument.ts'
import { runCommand, type RunOptions } from './run-command.ts'

/** `cortex models fit|measure`. */
export function addFitCommands(models: Command, host: () => RunOptions): void {
  const say = (isJson: boolean | undefined, value: unknown, text: string): void => void process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : printableLines(text))

  plain(models.command('fit'))
    .description('What a file of the catalogue would get on this machine with a context that you choose; nothing is connected. Exit code 1 where it would not fit with that much.')
    .argument('<entry>', 'ENTRY:QUANTIZATION, or ENTRY where it comes in one')
    .option('--context <tokens>', 'context size; without it the usual one', whole(1, 10_000_000))
    .option('--json', 'print JSON')
    .action(async (named: string, { context, json }: { context?: number; json?: boolean }) => await runCommand(host(), async client => {
      const found = findEntryFile(await client.library.catalogue(), named, 'fit')
      if (!found) throw noEntry(named)
      const { entry, file: { quantization } } = found
      const fit = await client.library.fit({ entryId: entry.id, quantization, contextTokens: context ?? null })
      const most = entry.contextTokens ?? Infinity
      const isLess = context !== undefined && fit.contextTokens !== null && fit.contextTokens < Math.min(context, most)
      const trained = context !== undefined && context > most ? `It was trained for ${most.toLocaleString('en')} tokens: it gets no more.\n` : ''
      const less = isLess ? `Memory is short for ${Math.min(context, most).toLocaleString('en')} tokens of context.\n` : ''
      say(json, fit, `${entry.id}:${quantization}  ${fitText(fit)}${fit.neededBytes === null || fit.verdict === 'too-big' ? '' : `, ${sizeWords(fit.neededBytes)} in all`}\n${trained}${less}`)
      return fit.verdict === 'too-big' || isLess ? 1 : 0
    }))

  plain(models.command('measure'))
    .description('Measure how fast this machine reads memory, for a second or two: what expected speeds are estimated from. Kept.')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => await runCommand(host(), async client => {
      const bandwidth = await client.hardware.measure()
      say(json, bandwidth, `${sizeWords(bandwidth.bytesPerSecond)}/s with ${bandwidth.threads} ${bandwidth.threads === 1 ? 'thread' : 'threads'}\n`)
    }))
}
