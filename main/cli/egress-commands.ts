import { createInterface } from 'node:readline/promises'
import { InvalidArgumentError, type Command } from 'commander'
import type { EgressGrant, EgressMode, EgressState } from '#shared/contract/egress.ts'
import type { Client } from '#shared/contract/index.ts'
import { plain } from './plain-command.ts'
import { runCommand } from './run-command.ts'
import { UsageError } from './usage-error.ts'

interface JsonOption {
  json?: boolean
}
type HostOptions = () => { entryFolder: string; model: string | null }

const modes: readonly EgressMode[] = ['offline', 'local', 'ask', 'list']
const unitMinutes = { m: 1, h: 60, d: 1440 } as const

/** `cortex egress …`. */
export function addEgressCommands(program: Command, host: HostOptions): void {
  const egress = plain(program.command('egress')).description('What of Cortex may connect where. Offline is the default: nothing but granted ports of this machine.')
  const json = (command: Command): Command => plain(command).option('--json', 'print JSON')
  const say = (isJson: boolean | undefined, value: unknown, text: string): void => {
    process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : text)
  }

  json(egress.command('status').description('The mode, the grants and what waits for an answer.')).action(
    async ({ json: isJson }: JsonOption) => await runCommand(host(), async client => {
      const state = await now(client)
      say(isJson, state, describe(state))
    }),
  )
  json(egress.command('mode').description('Change the mode: offline, local (machines you grant), ask (each new host) or list (granted hosts).').argument('<mode>', modes.join(', '), readMode)).action(
    async (mode: EgressMode, { json: isJson }: JsonOption) => await runCommand(host(), async client => {
      await client.egress.setMode({ mode })
      say(isJson, { mode }, `The mode is ${mode}.\n`)
    }),
  )
  json(egress.command('grant').description('Let Cortex connect to a host: a name or an address, with a port other than 80 and 443 behind a colon.').argument('<host>'))
    .option('--feature <name>', 'only this feature of Cortex', '*')
    .option('--for <time>', 'how long: 30m, 2h, 7d; without it until it is revoked', readMinutes)
    .option('--local', 'the host is a machine of your network, or this one')
    .action(async (written: string, { json: isJson, feature, for: minutes, local }: JsonOption & { feature: string; for?: number; local?: boolean }) => await runCommand(host(), async client => {
      const grant = await client.egress.grant({ host: written, feature, isLocal: local === true, ...(minutes === undefined ? {} : { minutes }) })
      say(isJson, grant, line(grant))
    }))
  json(egress.command('revoke').description('Take a grant back, by its id or its host; what is open through it is closed.').argument('<grant>')).action(
    async (named: string, { json: isJson }: JsonOption) => await runCommand(host(), async client => {
      const found = (await now(client)).grants.filter(({ id, host: its, port }) => (named !== '' && id.startsWith(named)) || its === named || `${its}:${port}` === named)
      if (found.length === 0) throw new UsageError({ what: `Nothing is granted to “${named}”.`, why: 'No grant has this id or host.', action: 'See the grants with cortex egress status.' })
      for (const { id } of found) await client.egress.revoke({ id })
      say(isJson, found, found.map(grant => `Revoked: ${line(grant)}`).join(''))
    }),
  )
  json(egress.command('check').description('Say what would happen to a connection, and by which rule; nothing is sent.').argument('<url>'))
    .option('--feature <name>', 'the feature that asks', 'try')
    .action(async (url: string, { json: isJson, feature }: JsonOption & { feature: string }) => await runCommand(host(), async client => {
      const check = await client.egress.check({ url, feature })
      say(isJson, check, `${check.decision}: ${check.host} port ${check.port} (${check.rule})\n`)
    }))
  json(egress.command('try').description('Really get an address through the door, and print the status and the bytes.').argument('<url>')).action(
    async (url: string, { json: isJson }: JsonOption) => await runCommand(host(), async (client, signal) => {
      const answering = new AbortController()
      const answered = answerHere(client, AbortSignal.any([signal, answering.signal]))
      try {
        const result = await client.egress.try({ url }, { signal })
        say(isJson, result, `${result.status}, ${result.bytes.toLocaleString('en')} bytes from ${result.url} (${result.address})\n`)
      } finally {
        answering.abort()
        await answered
      }
    }),
  )
}

async function now(client: Client): Promise<EgressState> {
  for await (const state of await client.egress.watch()) return state
  throw new Error('The watch of the network begins with a snapshot')
}

/** Where the person sits at this terminal, what the try asks is asked here as well as in the windows. */
async function answerHere(client: Client, signal: AbortSignal): Promise<void> {
  const asked = new Set<string>()
  try {
    for await (const { questions } of await client.egress.watch(undefined, { signal })) {
      const question = questions.find(({ id, feature }) => feature === 'try' && !asked.has(id))
      if (!question) continue
      asked.add(question.id)
      const words = `Connect to ${question.host}, port ${question.port}?`
      if (!process.stdin.isTTY) {
        process.stderr.write(`${words} Answer in a window of Cortex.\n`)
        continue
      }
      const terminal = createInterface({ input: process.stdin, output: process.stderr })
      try {
        const said = (await terminal.question(`${words} once, hour, always, or Enter to refuse: `, { signal })).trim().toLowerCase()
        const answer = (['once', 'hour', 'always'] as const).find(one => said !== '' && one.startsWith(said)) ?? 'refuse'
        await client.egress.answer({ id: question.id, answer })
      } finally {
        terminal.close()
      }
    }
  } catch {
    // The try has ended, or the question was answered elsewhere: the result of the try says so.
  }
}

function describe({ mode, isLocked, isHostGuarded, grants, questions }: EgressState): string {
  return [
    `Mode: ${mode}${isLocked ? ' (the vault is locked)' : ''}\n`,
    `Connections of the host outside the door: ${isHostGuarded ? 'refused' : 'not refused'}\n`,
    grants.length === 0 ? 'Grants: none\n' : `Grants:\n${grants.map(grant => `  ${line(grant)}`).join('')}`,
    questions.length === 0 ? '' : `Waiting for an answer:\n${questions.map(({ feature, host, port, why }) => `  ${feature} to ${host}:${port}, ${why}\n`).join('')}`,
  ].join('')
}

function line({ id, feature, host, port, isLocal, expiresAt }: EgressGrant): string {
  const place = port === null ? host : host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return `${id.slice(0, 8)}  ${place}  ${feature === '*' ? 'all features' : feature}  ${expiresAt === null ? 'until revoked' : `until ${expiresAt.toLocaleString('en-GB')}`}${isLocal ? '  local' : ''}\n`
}

function readMode(text: string): EgressMode {
  const mode = modes.find(one => one === text)
  if (!mode) throw new InvalidArgumentError(`It must be one of ${modes.join(', ')}.`)
  return mode
}

function readMinutes(text: string): number {
  const [, count = '', unit = 'm'] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  // The pattern names the units.
  const minutes = Number(count) * unitMinutes[unit as keyof typeof unitMinutes]
  if (count === '' || minutes < 1 || minutes > 525_600) throw new InvalidArgumentError('It must be a time such as 30m, 2h or 7d, up to a year.')
  return minutes
}
