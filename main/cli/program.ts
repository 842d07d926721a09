import { Command, InvalidArgumentError } from 'commander'
import { packageFolder, packageVersion } from '../platform/node-host.ts'
import { ask, type AskOptions } from './ask-command.ts'
import { addAuditCommands } from './audit-commands.ts'
import { addCompareCommand } from './compare-command.ts'
import { complete, type CompleteOptions } from './complete-command.ts'
import { addConfigureCommand } from './configure-command.ts'
import { addDataCommands } from './data-commands.ts'
import { addDoctorCommands } from './doctor-commands.ts'
import { addEgressCommands } from './egress-commands.ts'
import { addDownloadsCommands } from './downloads-commands.ts'
import { addFitCommands } from './fit-commands.ts'
import { addFolderCommands } from './folder-commands.ts'
import { addLabelsCommands } from './labels-commands.ts'
import { addLedgerCommands } from './ledger-commands.ts'
import { addLibraryCommands } from './library-commands.ts'
import { addModelsCommands } from './models-commands.ts'
import { plain } from './plain-command.ts'
import { addRedactCommand } from './redact-command.ts'
import { addSecretsCommands } from './secrets-commands.ts'
import { runCommand, type RunOptions } from './run-command.ts'
import { addServeOptions, passphraseOption, readServeOptions } from './serve-options.ts'
import { serveAndExit } from './serve-program.ts'
import { addServerCommands } from './server-commands.ts'
import { addTrustCommands } from './trust-commands.ts'
import { addVaultCommands } from './vault-commands.ts'

/** The command line of Cortex. `entryFolder` is where the built program lies. */
export function cortexProgram(entryFolder: string): Command {
  const program = plain(new Command('cortex'))
    .description("The coding desktop whose AI never leaves your machine, on the command line. A running Cortex is used; without one the model runs in the command's own process tree and ends with it.")
    .version(packageVersion(packageFolder(entryFolder)))
    .option('--model <file>', 'GGUF file to use instead of the one in the settings')
    .addOption(passphraseOption())
  const host = (): RunOptions => {
    const { model, passphraseFd } = program.opts<{ model?: string; passphraseFd?: number }>()
    return { entryFolder, model: model ?? null, passphraseDescriptor: passphraseFd ?? null }
  }

  plain(program.command('ask'))
    .description('Ask one question; the answer streams to stdout and is not kept. "-" reads the question from stdin, so that it stands in no list of processes.')
    .argument('<question>', 'the question, or - for stdin')
    .option('--file <path>', 'attach a file; may be given more than once', (path: string, all: string[]) => [...all, path], [])
    .option('--send-secret <path>', 'attach a file that is labelled secret, for this one question; may be given more than once', (path: string, all: string[]) => [...all, path], [])
    .option('--json', 'print each event as a line of JSON')
    .option('--max-tokens <number>', 'end the answer after this many tokens at the latest, up to 32,768; without it, and at most, it may take what the question leaves of the context', wholeNumber(1, 32_768))
    .option('--temperature <number>', '0 always takes the likeliest word, 2 varies most', readTemperature)
    .option('--seed <number>', 'the same seed with the same model and plan gives the same answer', wholeNumber(0, 2 ** 32 - 1))
    .action(async (question: string, options: AskOptions) => await runCommand(host(), async (client, signal) => { await ask(client, question, options, signal) }))

  plain(program.command('complete'))
    .description('Print what the model would insert at a place in a file.')
    .requiredOption('--file <path>', 'the file')
    .requiredOption('--line <number>', 'line, from 1', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .requiredOption('--column <number>', 'column, from 1: the text is inserted before it', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--json', 'print the completion with its counts as JSON')
    .action(async (options: CompleteOptions) => await runCommand(host(), async (client, signal) => { await complete(client, options, signal) }))

  addDataCommands(program, host)
  addLabelsCommands(program, host)
  addAuditCommands(program, host)
  addDoctorCommands(program, host)
  addEgressCommands(program, host)
  addLedgerCommands(program, host)

  const models = addModelsCommands(program, host)
  addLibraryCommands(models, host)
  addDownloadsCommands(models, host)
  addFolderCommands(models, host)
  addFitCommands(models, host)
  addCompareCommand(models, host)
  addConfigureCommand(models, host)

  addSecretsCommands(program, host)
  addRedactCommand(program, host)
  addServerCommands(program, host)
  addTrustCommands(program, host)
  addVaultCommands(program, host)

  plain(addServeOptions(program.command('serve').description('Serve Cortex to the browser on this machine until Ctrl-C.'))).action(
    async (folder: string | undefined, options: Record<string, unknown>) => await serveAndExit(() => readServeOptions(folder, { ...program.opts(), ...options }), entryFolder),
  )
  return program
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    return value
  }
}

function readTemperature(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 2)) throw new InvalidArgumentError('It must be a number from 0 to 2.')
  return value
}
