import { resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import type { Client } from '#shared/contract/index.ts'
import { modelRoles, type Benchmark, type Model, type ModelRole, type ModelsEvent } from '#shared/contract/models.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import { servedNameOf } from '#shared/served-names.ts'
import { sizeWords } from '#shared/size-words.ts'
import { findModel } from './find-model.ts'
import { optionsOf, withLoadFlags, type LoadFlags } from './load-flags.ts'
import { benchmarkLines, modelLine, planLines, residentLine } from './model-lines.ts'
import { plain } from './plain-command.ts'
import { addPresetsCommands } from './presets-commands.ts'
import { printableLines } from './printable.ts'
import { whole } from './read-argument.ts'
import { runCommand, type RunOptions } from './run-command.ts'

type HostOptions = () => RunOptions

/** `cortex models …` for what is loaded and how. Gives back the command, for others to add theirs. */
export function addModelsCommands(program: Command, host: HostOptions): Command {
  const models = plain(program.command('models')).description('The models that Cortex knows, and those that are loaded. A model is named by its id, its name, the name that the server gives it, or its file.')
  const run = (work: (client: Client, signal: AbortSignal) => Promise<number | void>): Promise<void> => runCommand(host(), work)
  const say = (isJson: boolean | undefined, value: unknown, text: string): void => void process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : printableLines(text))

  plain(models.command('list'))
    .description('List the models: name, the name that programs ask the server for, weights, quantization, size, abilities, file; then those that are loaded with their process, memory and roles.')
    .option('--json', 'print JSON: the models, or with --loaded those that are loaded, the roles and the memory')
    .option('--loaded', 'only those that are loaded')
    .action(async ({ json, loaded }: { json?: boolean; loaded?: boolean }) => await run(async client => {
      const state = await snapshot(client)
      const { residents, roles, budget } = state
      if (json) return say(true, loaded ? { residents, roles, budget } : state.models.map(model => ({ ...model, servedName: servedNameOf(model.id, state.models) })), '')
      say(false, null, [...(loaded ? [] : state.models.map(model => modelLine(model, state.models))), ...residents.map(one => residentLine(one, state))].join(''))
      if (loaded && residents.length === 0) say(false, null, 'No model is loaded.\n')
    }))
  plain(models.command('add'))
    .description('Add a GGUF file; its header is checked first.')
    .argument('<file>')
    .option('--json', 'print JSON')
    .action(async (file: string, { json }: { json?: boolean }) => await run(async client => {
      const model = await client.models.add({ path: resolve(file) })
      say(json, model, modelLine(model, await client.models.list()))
    }))
  withLoadFlags(models.command('plan').description('Say how a model would be loaded now and what memory that takes; nothing is loaded.'))
    .action(async (name: string, { json, ...flags }: LoadFlags & { json?: boolean }) => await run(async client => {
      const plan: LoadPlan = await client.models.plan({ id: (await findModel(client, name)).id, options: await optionsOf(client, flags) })
      say(json, plan, planLines(plan))
      return plan.fits ? 0 : 1
    }))
  withLoadFlags(models.command('load').description('Load a model and give it the roles that it is made for, in place of those that had them. What the options say is kept for later loads.'))
    .option('--role <role>', 'give it this role instead; may be given more than once', readRoles, [])
    .option('--beside', 'give it no role: it is loaded beside the others')
    .action(async (name: string, { json, role, beside, ...flags }: LoadFlags & { json?: boolean; role: ModelRole[]; beside?: boolean }) => await run(async client => {
      const model = await findModel(client, name)
      const options = await optionsOf(client, flags)
      const roles = beside ? [] : role.length > 0 ? role : undefined
      await client.models.load({ id: model.id, ...(Object.keys(options).length > 0 ? { options } : {}), ...(roles ? { roles } : {}) })
      const state = await snapshot(client)
      const resident = state.residents.find(one => one.modelId === model.id)
      say(json, resident ?? null, resident ? residentLine(resident, state) : '')
    }))
  plain(models.command('unload'))
    .description('Free a model and its memory; without a name that of the chat role.')
    .argument('[model]')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, { json }: { json?: boolean }) => await run(async client => {
      const id = name === undefined ? undefined : (await findModel(client, name)).id
      await client.models.unload(id === undefined ? undefined : { id })
      say(json, { unloaded: id ?? 'chat' }, 'It is unloaded.\n')
    }))
  plain(models.command('role'))
    .description('Give a role to a model, or to none: "none" instead of the model. Without arguments the model of each role.')
    .argument('[role]', modelRoles.join(', '), readRole)
    .argument('[model]')
    .option('--json', 'print JSON')
    .action(async (role: ModelRole | undefined, name: string | undefined, { json }: { json?: boolean }) => await run(async client => {
      if (role !== undefined && name !== undefined) await client.models.setRole({ role, id: name === 'none' ? null : (await findModel(client, name)).id })
      const { roles, models: known } = await snapshot(client)
      say(json, roles, modelRoles.map(one => `${one.padEnd(11)} ${roleWords(one, roles[one], known)}\n`).join(''))
    }))
  plain(models.command('pin'))
    .description('Keep a model loaded whatever else needs memory.')
    .argument('<model>')
    .option('--off', 'let it go again')
    .option('--json', 'print JSON')
    .action(async (name: string, { off, json }: { off?: boolean; json?: boolean }) => await run(async client => {
      const { id } = await findModel(client, name)
      await client.models.pin({ id, isPinned: !off })
      say(json, { id, isPinned: !off }, off ? 'It is not pinned any more.\n' : 'It is pinned.\n')
    }))
  plain(models.command('bench'))
    .description('Measure a model on this machine: tokens a second of reading and of writing, medians of some rounds. Without a model: what was measured last of each.')
    .argument('[model]')
    .option('--prompt <tokens>', 'tokens of the prompt', whole(16, 8192), 512)
    .option('--tokens <number>', 'tokens to write', whole(8, 2048), 64)
    .option('--rounds <number>', 'how often', whole(1, 20), 3)
    .option('--json', 'print the result as JSON')
    .action(async (name: string | undefined, { prompt, tokens, rounds, json }: { prompt: number; tokens: number; rounds: number; json?: boolean }) => await run(async (client, signal) => {
      if (name === undefined) {
        const [kept, { models: known }] = await Promise.all([client.models.benchmarks(), snapshot(client)])
        say(json, kept, kept.map(one => `${known.find(({ id }) => id === one.modelId)?.name ?? one.modelId}, ${one.measuredAt.toISOString()}\n${benchmarkLines(one)}`).join('') || 'No model was measured yet.\n')
        return
      }
      const { id } = await findModel(client, name)
      let end: Benchmark | null = null
      for await (const event of await client.models.benchmark({ id, promptTokens: prompt, tokens, rounds }, { signal })) if (event.type === 'benchmark-end') end = event
      if (end) say(json, end, benchmarkLines(end))
    }))
  plain(models.command('remove'))
    .description('Take a model off the list; its file stays where it is, unless --files deletes it.')
    .argument('<model>')
    .option('--files', "delete its files too: only those in Cortex's own folder of models")
    .option('--json', 'print JSON')
    .action(async (name: string, { files, json }: { files?: boolean; json?: boolean }) => await run(async client => {
      const { id } = await findModel(client, name)
      const freedBytes = files ? (await client.library.deleteFiles({ modelId: id })).freedBytes : 0
      if (!files) await client.models.remove({ id })
      say(json, { removed: id, freedBytes }, files ? `Its files are deleted; ${sizeWords(freedBytes)} are free.\n` : 'It is off the list.\n')
    }))
  addPresetsCommands(models, host)
  return models
}

async function snapshot(client: Client): Promise<Extract<ModelsEvent, { type: 'snapshot' }>> {
  for await (const event of await client.models.watch()) if (event.type === 'snapshot') return event
  throw new Error('The host said nothing of its models')
}

function roleWords(role: ModelRole, id: string | null, known: readonly Model[]): string {
  if (id !== null) return known.find(model => model.id === id)?.name ?? id
  return role === 'chat' ? 'the starter' : role === 'completion' ? 'the model of chat' : 'none'
}

function readRole(text: string): ModelRole {
  const role = modelRoles.find(one => one === text)
  if (!role) throw new InvalidArgumentError(`It must be one of ${modelRoles.join(', ')}.`)
  return role
}

function readRoles(text: string, all: ModelRole[]): ModelRole[] {
  return [...all, readRole(text)]
}
