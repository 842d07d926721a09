import { InvalidArgumentError, type Command } from 'commander'
import { serverScopes, type ServerClient, type ServerScope, type ServerState } from '#shared/contract/model-server.ts'
import type { Model } from '#shared/contract/models.ts'
import { servedNames } from '#shared/served-names.ts'
import { plain } from './plain-command.ts'
import { printable, printableLines } from './printable.ts'
import { readExpiry } from './read-expiry.ts'
import { runCommand } from './run-command.ts'
import { UsageError } from './usage-error.ts'

interface JsonOption {
  json?: boolean
}
interface ClientOptions extends JsonOption {
  scopes?: ServerScope[]
  models?: string[]
  requestsPerMinute?: number
  tokensPerMinute?: number
  /** In an object, since commander takes null for no value. */
  expires?: { at: Date | null }
}
type HostOptions = () => { entryFolder: string; model: string | null }

/** `cortex server …`. */
export function addServerCommands(program: Command, host: HostOptions): void {
  const server = plain(program.command('server')).description('Other programs of this machine as users of the models, through the interfaces of OpenAI, Anthropic and Ollama. Off until you turn it on.')
  const json = (command: Command): Command => plain(command).option('--json', 'print JSON')
  const say = (isJson: boolean | undefined, value: unknown, text: string): void => {
    process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : text)
  }

  json(server.command('on').description('Answer programs that bring the token of a client, from now on and after each restart.')).action(
    async ({ json: isJson }: JsonOption) => await runCommand(host(), async client => {
      const state = await client.modelServer.turnOn()
      say(isJson, state, describe(state))
    }),
  )
  json(server.command('off').description('Answer no other program any more; calls that run are ended. Clients stay.')).action(
    async ({ json: isJson }: JsonOption) => await runCommand(host(), async client => {
      const state = await client.modelServer.turnOff()
      say(isJson, state, describe(state))
    }),
  )
  json(server.command('status').description('Whether the server is on, where it answers, and what its clients used since the start.')).action(
    async ({ json: isJson }: JsonOption) => await runCommand(host(), async client => {
      for await (const event of await client.modelServer.watch()) {
        if (event.type !== 'snapshot') continue
        const { state, clients, activity } = event
        const used = activity.totals.map(({ clientId, requests, refused, promptTokens, answerTokens }) => {
          const name = clients.find(({ id }) => id === clientId)?.name ?? clientId
          return `  ${name}  ${count(requests)} calls, ${count(refused)} refused, ${count(promptTokens)} tokens read, ${count(answerTokens)} written\n`
        })
        say(isJson, { ...state, clients: clients.length, ...activity }, `${describe(state)}Clients: ${clients.length}\nRunning: ${activity.running.length}, waiting: ${activity.waiting}\n${used.map(printableLines).join('')}`)
        return
      }
    }),
  )

  const clients = plain(server.command('clients')).description('The programs that may call the server.')
  json(clients.command('list').description('List them: name, scopes, models, limits, end, last use.')).action(
    async ({ json: isJson }: JsonOption) => await runCommand(host(), async client => {
      const list = await client.modelServer.listClients()
      say(isJson, list, list.length === 0 ? 'No program may call the server.\n' : list.map(line).join(''))
    }),
  )
  json(clients.command('add').description('Let a program call the server, and print its token: this once, and never again.').argument('<name>', 'what you call the program'))
    .option('--scopes <list>', `what it may do, of ${serverScopes.join(',')}; without it all`, readScopes)
    .option('--models <list>', 'the models that it may use, by the names that cortex models list shows second, with commas between; without it all', (text: string) => text.split(',').map(name => name.trim()).filter(Boolean))
    .option('--requests-per-minute <number>', 'how many calls it may make in a minute', readCount)
    .option('--tokens-per-minute <number>', 'how many tokens it may use in a minute, of prompts and answers together', readCount)
    .option('--expires <when>', '2027-01-31, 90d or never', text => ({ at: readExpiry(text) }))
    .action(async (name: string, { json: isJson, scopes, models, requestsPerMinute, tokensPerMinute, expires }: ClientOptions) => await runCommand(host(), async client => {
      const made = await client.modelServer.createClient({
        name,
        models: models?.length ? models : 'all',
        requestsPerMinute: requestsPerMinute ?? null,
        tokensPerMinute: tokensPerMinute ?? null,
        expiresAt: expires?.at ?? null,
        ...(scopes ? { scopes } : {}),
      })
      say(isJson, made, `${made.token}\n`)
      process.stderr.write(unknownLines(models ?? [], models?.length ? await client.models.list() : []))
      if (!isJson) process.stderr.write(`${line(made.client)}Keep the token now: it is not shown again.\n`)
    }))
  json(clients.command('revoke').description('Take a client and its token away, by name or id; its calls that run are ended.').argument('<client>')).action(
    async (named: string, { json: isJson }: JsonOption) => await runCommand(host(), async client => {
      const found = (await client.modelServer.listClients()).find(({ id, name }) => name === named || id === named)
      if (!found) throw new UsageError({ what: `There is no client “${named}”.`, why: 'None has this name or id.', action: 'See them with cortex server clients list.' })
      await client.modelServer.revokeClient({ id: found.id })
      say(isJson, found, `Revoked: ${line(found)}`)
    }),
  )
}

function describe({ isOn, isLocked, port, baseUrls }: ServerState): string {
  if (!isOn) return 'The model server is off.\n'
  if (isLocked) return 'The model server is on, and answers nobody until the vault is unlocked.\n'
  if (port === null || !baseUrls) return 'The model server is on, and answers as long as Cortex runs: start it with cortex serve.\n'
  return `The model server is on.\n  OpenAI     ${baseUrls.openai}\n  Anthropic  ${baseUrls.anthropic}\n  Ollama     ${baseUrls.ollama}\n`
}

function line({ name, scopes, models, requestsPerMinute, tokensPerMinute, expiresAt, isExpired, lastUsedAt }: ServerClient): string {
  const limits = [requestsPerMinute === null ? '' : `${count(requestsPerMinute)} calls a minute`, tokensPerMinute === null ? '' : `${count(tokensPerMinute)} tokens a minute`].filter(Boolean).join(', ') || 'no limit'
  const end = expiresAt === null ? 'no end' : `${isExpired ? 'ended' : 'until'} ${expiresAt.toLocaleString('en-GB')}`
  const used = lastUsedAt === null ? 'never used' : `last used ${lastUsedAt.toLocaleString('en-GB')}`
  return `${printable([name, scopes.join(','), models === 'all' ? 'all models' : models.join(','), limits, end, used].join('  '))}\n`
}

const count = (value: number): string => value.toLocaleString('en')

/** A name may be of a model that comes later; one that was mistyped would only show once calls are refused. */
function unknownLines(asked: readonly string[], models: readonly Model[]): string {
  const names = servedNames(models)
  return asked
    .filter(name => !names.has(name) && !models.some(({ id }) => id === name))
    .map(name => {
      const meant = [...names].find(([, { name: title }]) => title.toLowerCase() === name.replace(/:latest$/, '').toLowerCase())?.[0]
      return `No model is served as “${printable(name)}” yet: until one is, this name allows nothing. ${meant === undefined ? 'The names are the second column of cortex models list.' : `Did you mean “${meant}”?`}\n`
    })
    .join('')
}

function readScopes(text: string): ServerScope[] {
  return text.split(',').map(name => {
    const scope = serverScopes.find(one => one === name.trim())
    if (!scope) throw new InvalidArgumentError(`Each must be one of ${serverScopes.join(', ')}.`)
    return scope
  })
}

function readCount(text: string): number {
  const value = Number(text)
  if (!/^\d{1,9}$/.test(text) || value < 1) throw new InvalidArgumentError('It must be a whole number, at least 1.')
  return value
}
