import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import type { Download, DownloadPlan, DownloadTarget } from '#shared/contract/downloads.ts'
import type { Client } from '#shared/contract/index.ts'
import { errorText } from '#shared/error-text.ts'
import { sizeWords } from '#shared/size-words.ts'
import { findEntryFile, noEntry } from './find-entry.ts'
import { plain } from './plain-command.ts'
import { printable, printableLines } from './printable.ts'
import { runCommand, type RunOptions } from './run-command.ts'
import { secondsText } from './seconds-text.ts'
import { UsageError } from './usage-error.ts'

interface JsonOption {
  json?: boolean
}

/** `cortex models download|downloads|pause|resume|cancel|remove-download`. */
export function addDownloadsCommands(models: Command, host: () => RunOptions): void {
  const json = (command: Command): Command => plain(command).option('--json', 'print JSON')

  json(models.command('download').description('Download a model: ENTRY:QUANTIZATION of the catalogue, OWNER/NAME:QUANTIZATION or OWNER/NAME/FILE.gguf of the registry, or an address. Ctrl-C pauses it; the same command goes on.').argument('<model>'))
    .option('--sha256 <hash>', 'for an address: the hash that the file must have')
    .option('--allow', 'allow the connections that it needs, for two hours')
    .option('--plan', 'only say what would happen')
    .action(async (named: string, options: JsonOption & { sha256?: string; allow?: boolean; plan?: boolean }) => await runCommand(host(), async (client, signal) => {
      const target = await targetOf(client, named, options)
      const plan = await client.downloads.plan(target)
      if (options.plan) return say(options, plan, planText(plan))
      await allow(client, plan, options.allow === true, signal)
      signal.throwIfAborted()
      const { id } = await client.downloads.start(target)
      const pause = (): void => void client.downloads.pause({ id }).catch(() => undefined)
      if (signal.aborted) pause()
      else signal.addEventListener('abort', pause, { once: true })
      return await follow(client, id, options)
    }))

  json(models.command('downloads').description('Downloads with their progress.')).action(
    async (options: JsonOption) => await runCommand(host(), async client => {
      const downloads = await client.downloads.list()
      say(options, downloads, downloads.length === 0 ? 'Nothing was downloaded.\n' : downloads.map(line).join(''))
    }),
  )

  for (const [name, description] of [['pause', 'Pause a download.'], ['resume', 'Go on with a download in the running Cortex.'], ['cancel', 'Give a download up and delete what came of it.']] as const) {
    json(models.command(name).description(description).argument('<download>', 'its id or name')).action(
      async (named: string, options: JsonOption) => await runCommand(host(), async client => {
        const { id } = oneNamed(await client.downloads.list(), named)
        const download = await client.downloads[name]({ id })
        say(options, download, line(download))
      }),
    )
  }

  json(models.command('remove-download').description('Take a download off the list, giving it up where it runs. The file of one that is done stays.').argument('<download>', 'its id or name')).action(
    async (named: string, options: JsonOption) => await runCommand(host(), async client => {
      const { id } = oneNamed(await client.downloads.list(), named)
      await client.downloads.remove({ id })
      say(options, { removed: id }, 'It is off the list.\n')
    }),
  )
}

/** By its id, the beginning of it, or its name. An empty or ambiguous word names none: what it names may be deleted. */
export function oneNamed<D extends { id: string; name: string }>(downloads: readonly D[], named: string): D {
  const exact = downloads.filter(one => one.id === named || one.name === named)
  const fitting = exact.length > 0 || named === '' ? exact : downloads.filter(one => one.id.startsWith(named))
  const [found] = fitting
  if (found && fitting.length === 1) return found
  throw new UsageError({ what: found ? `“${named}” names ${fitting.length} downloads.` : `There is no download “${named}”.`, why: found ? `They are ${fitting.map(one => one.id.slice(0, 8)).join(', ')}.` : 'None has this id or name.', action: 'See them with cortex models downloads.' })
}

/** Reads what a person names. A repository's quantization is looked up in the registry, which connects to it. */
async function targetOf(client: Client, named: string, { sha256 }: { sha256?: string }): Promise<DownloadTarget> {
  if (/^https?:\/\//.test(named)) return { kind: 'address', url: named, sha256: sha256 ?? null }
  const [, repository, file] = /^([\w.-]+\/[\w.-]+)\/(.+\.gguf)$/.exec(named) ?? []
  if (repository !== undefined && file !== undefined) return { kind: 'repository', repository, revision: 'main', file }
  const [name = '', quantization] = named.split(':')
  if (!name.includes('/')) return { kind: 'catalogue', entryId: name, quantization: quantization ?? (await onlyQuantization(client, name)) }
  const files = await client.downloads.repository({ repository: name })
  const fitting = files.filter(({ path }) => path.toLowerCase().includes((quantization ?? '').toLowerCase()) && !/-(?!00001)\d{5}-of-/.test(path))
  const [only] = fitting
  if (fitting.length !== 1 || !only) throw new UsageError({ what: `“${named}” does not name one file.`, why: fitting.length === 0 ? 'No GGUF file of that repository fits it.' : `It fits ${fitting.map(({ path }) => path).join(', ')}.`, action: `Name the file: cortex models download ${name}/FILE.gguf` })
  return { kind: 'repository', repository: name, revision: 'main', file: only.path }
}

async function onlyQuantization(client: Client, entryId: string): Promise<string> {
  const found = findEntryFile(await client.library.catalogue(), entryId, 'download')
  if (!found) throw noEntry(entryId)
  return found.file.quantization
}

/** The person's word, given by --allow or at the terminal, is what opens the door. */
async function allow(client: Client, plan: DownloadPlan, isAllowed: boolean, signal: AbortSignal): Promise<void> {
  const refused = plan.hosts.filter(({ decision }) => decision === 'refused')
  if (refused.length === 0) return
  process.stderr.write(printableLines(planText(plan)))
  if (!isAllowed) {
    if (!process.stdin.isTTY) return
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    // It takes Ctrl-C for itself, and answers a question that was left open with nothing.
    terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    const said = await Promise.race([terminal.question('Allow these connections to models for two hours? yes, or Enter to refuse: ', { signal }), once(terminal, 'close').then(() => '')]).finally(() => terminal.close())
    if (!/^y(es)?$/i.test(said.trim())) return
  }
  for await (const { mode } of await client.egress.watch()) {
    if (mode === 'offline' && refused.some(({ host }) => !isThisMachine(host))) await client.egress.setMode({ mode: 'list' })
    break
  }
  for (const { host, port } of refused) await client.egress.grant({ host, feature: 'models', minutes: 120, isLocal: isThisMachine(host), port: port === 443 || port === 80 ? null : port })
}

const isThisMachine = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

async function follow(client: Client, id: string, options: JsonOption): Promise<number> {
  for await (const event of await client.downloads.watch()) {
    const download = event.type === 'snapshot' ? event.downloads.find(one => one.id === id) : event.type === 'download-changed' && event.download.id === id ? event.download : null
    if (!download) continue
    const isOver = !['queued', 'running', 'checking'].includes(download.status)
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${printable(line(download).trimEnd())}${isOver ? '\n' : ''}`)
    if (!isOver) continue
    say(options, download, process.stderr.isTTY ? '' : line(download))
    if (download.status === 'done' && !download.error) return 0
    if (download.error) throw Object.assign(new Error(download.error.code), download.error)
    return 1
  }
  return 1
}

function line({ id, name, status, doneBytes, sizeBytes, bytesPerSecond, secondsLeft, checkedRatio, error, files, notes }: Download): string {
  const size = sizeBytes === null ? sizeWords(doneBytes) : `${sizeWords(doneBytes)} of ${sizeWords(sizeBytes)}`
  const moving = bytesPerSecond === null ? '' : `${sizeWords(bytesPerSecond)}/s${secondsLeft === null ? '' : `, ${secondsText(secondsLeft)} left`}`
  const checking = checkedRatio === null ? '' : `${Math.round(checkedRatio * 100)} % checked`
  const why = error ? errorText(error.code, error.data).why : status === 'done' ? (files[0]?.hashSource === 'first-download' ? (notes.at(-1) ?? '') : 'hash confirmed') : ''
  return `${[id.slice(0, 8), name, status, size, moving, checking, why].filter(part => part !== '').join('  ')}\n`
}

function planText({ name, sizeBytes, freeDiskBytes, folder, hosts, hashSource, licence, tells }: DownloadPlan): string {
  const rows = [
    `${name}: ${sizeBytes === null ? 'size not known until download' : sizeWords(sizeBytes)} into ${folder}${freeDiskBytes === null ? '' : `, ${sizeWords(freeDiskBytes)} free`}`,
    `Licence: ${licence ?? 'not known'}. Hash: ${hashSource === null ? 'asked of the registry, else the one that comes first is kept' : `from the ${hashSource}`}.`,
    tells,
    ...hosts.map(({ host, port, decision, rule }) => `  ${host}:${port}  ${decision} (${rule})`),
  ]
  return rows.map(row => `${row}\n`).join('')
}

function say({ json: isJson }: JsonOption, value: unknown, text: string): void {
  process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : printableLines(text))
}
