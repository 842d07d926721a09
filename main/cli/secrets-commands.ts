import type { Command } from 'commander'
import type { Client } from '#shared/contract/index.ts'
import type { Secret, SecretHistoryEntry } from '#shared/contract/secrets.ts'
import { AppError } from '#shared/errors.ts'
import { plain } from './plain-command.ts'
import { readExpiry } from './read-expiry.ts'
import { readValue, refuseArgument } from './read-value.ts'
import { runCommand } from './run-command.ts'

type Host = () => { entryFolder: string; model: string | null }
interface Options {
  json?: boolean
  description?: string
  /** In an object, since commander takes null for no value. */
  expires?: { at: Date | null }
  value?: string
}

/** `cortex secrets`: names and dates go in and out, values only in. */
export function addSecretsCommands(program: Command, host: Host): void {
  const secrets = plain(program.command('secrets')).description('Keys and passwords kept in the vault. Values go in and are never shown again.')
  const command = (words: string, description: string): Command => plain(secrets.command(words)).description(description).option('--json', 'print JSON')
  /** Says what was done, as JSON where asked. */
  const change = (work: (client: Client) => Promise<unknown>, name: string, done: string, { json }: Options): Promise<never> =>
    runCommand(host(), async client => {
      await work(client)
      print(json === true, { name, done }, `${name}: ${done}`)
    })

  command('list', 'List the secrets: name, state, uses, last use, description.').action(
    async ({ json }: Options) => await runCommand(host(), async client => {
      const list = await listSecrets(client)
      print(json === true, list, list.map(describe).join('\n'))
    }),
  )
  command('add <name> [value]', 'Keep a secret. Its value is asked for without echo, or read from stdin; on the command line it is refused.')
    .option('--description <text>', 'what it is for', '')
    .option('--expires <when>', '2027-01-31, 90d or never', text => ({ at: readExpiry(text) }))
    .addOption(hiddenValue(secrets))
    .action(async (name: string, value: string | undefined, options: Options) => {
      await change(async client => {
        refuseArgument(value ?? options.value)
        await client.secrets.add({ name, description: options.description ?? '', expiresAt: options.expires?.at ?? null, value: await readValue(name) })
      }, name, 'kept', options)
    })
  command('rotate <name> [value]', 'Give a secret a new value; the old one is gone.')
    .addOption(hiddenValue(secrets))
    .action(async (name: string, value: string | undefined, options: Options) => {
      await change(async client => {
        refuseArgument(value ?? options.value)
        await client.secrets.rotate({ name, value: await readValue(name) })
      }, name, 'replaced', options)
    })
  command('expire <name>', 'Set when a secret ends: --on 2027-01-31, 90d or never.')
    .requiredOption('--on <when>', '2027-01-31, 90d or never', text => ({ at: readExpiry(text) }))
    .action(async (name: string, options: Options & { on: { at: Date | null } }) => {
      await change(async client => await client.secrets.setExpiry({ name, expiresAt: options.on.at }), name, options.on.at === null ? 'never ends' : `ends ${day(options.on.at)}`, options)
    })
  command('delete <name>', 'Delete a secret for good.').action(async (name: string, options: Options) => {
    await change(async client => await client.secrets.delete({ name }), name, 'deleted', options)
  })
  command('history <name>', 'What was done with a secret and who used it, from the audit log.').action(
    async (name: string, { json }: Options) => await runCommand(host(), async client => {
      const entries = await client.secrets.history({ name })
      print(json === true, entries, entries.length === 0 ? `Nothing is recorded about ${name}.` : entries.map(line).join('\n'))
    }),
  )
}

function hiddenValue(command: Command) {
  return command.createOption('--value <value>').hideHelp()
}

async function listSecrets(client: Client): Promise<Secret[]> {
  for await (const event of await client.secrets.watch()) {
    if (event.isLocked) throw new AppError('STORAGE_LOCKED', { path: 'cortex.db', reason: 'the vault is locked' })
    return event.secrets
  }
  return []
}

function print(isJson: boolean, value: unknown, text: string): void {
  process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : text === '' ? 'No secrets are kept.\n' : `${text}\n`)
}

function describe({ name, description, state, expiresAt, uses, lastUsedAt }: Secret): string {
  const end = expiresAt === null ? 'no end' : `${state === 'expired' ? 'expired' : 'until'} ${day(expiresAt)}${state === 'expires-soon' ? ', soon' : ''}`
  const used = lastUsedAt === null ? 'never used' : `used ${uses.toLocaleString('en')} ${uses === 1 ? 'time' : 'times'}, last ${day(lastUsedAt)}`
  return [name, end, used, description].filter(Boolean).join('  ')
}

function line({ at, action, actor, outcome, detail }: SecretHistoryEntry): string {
  return [at.toISOString().slice(0, 19).replace('T', ' '), action, `by ${actor}`, outcome === 'done' ? '' : outcome, detail].filter(Boolean).join('  ')
}

function day(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}
