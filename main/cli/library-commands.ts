import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import type { Client } from '#shared/contract/index.ts'
import type { AddResult, CatalogueItem, Fit, FoundModel } from '#shared/contract/library.ts'
import type { Model } from '#shared/contract/models.ts'
import { errorText } from '#shared/error-text.ts'
import { begunBy, oneNamed, wholeNamed } from './find-model.ts'
import { sizeWords } from '#shared/size-words.ts'
import { plain } from './plain-command.ts'
import { printable, printableLines } from './printable.ts'
import { runCommand, type RunOptions } from './run-command.ts'
import { UsageError } from './usage-error.ts'

interface JsonOption {
  json?: boolean
}

const uses = ['chat', 'completion', 'embedding', 'rerank'] as const

/** `cortex models browse|show|scan|add-folder|pack|unpack`. */
export function addLibraryCommands(models: Command, host: () => RunOptions): void {
  const json = (command: Command): Command => plain(command).option('--json', 'print JSON')

  json(models.command('browse').description('The catalogue: what each model would get on this machine, and whether it is here. Nothing is connected.').argument('[word]', 'only those whose name, family, licence or use holds this'))
    .option('--use <use>', `only those for ${uses.join(', ')}`, readUse)
    .option('--fits', 'only those that fit on this machine')
    .action(async (word: string | undefined, options: JsonOption & { use?: (typeof uses)[number]; fits?: boolean }) => await runCommand(host(), async client => {
      const all = await client.library.catalogue()
      const wanted = (word ?? '').toLowerCase()
      const items = all
        .filter(({ entry }) => [entry.id, entry.name, entry.family, entry.licence.name, ...entry.uses].some(text => text.toLowerCase().includes(wanted)) && (options.use === undefined || entry.uses.includes(options.use)))
        .map(item => ({ ...item, files: item.files.filter(({ fit }) => !options.fits || (fit.verdict !== 'too-big' && fit.verdict !== 'unknown')) }))
        .filter(({ files }) => files.length > 0)
      print(options, items, items.length === 0 ? 'Nothing in the catalogue fits that.\n' : items.map(lines).join(''))
    }))

  json(models.command('show').description('Everything the header of a GGUF file says, or all of an entry of the catalogue.').argument('<model>', 'a model on the list by its id, its file or the beginning of its name; an entry of the catalogue; or any file'))
    .option('--tensors', 'list the tensors too')
    .action(async (name: string, options: JsonOption & { tensors?: boolean }) => await runCommand(host(), async client => {
      const models = await client.models.list()
      const whole = wholeNamed(models, name)
      const item = whole || looksLikeFile(name) ? undefined : (await client.library.catalogue()).find(({ entry }) => entry.id === name)
      if (item) print(options, item, `${lines(item)}${entryText(item)}`)
      else await showFile(client, whole ?? begunBy(models, name), name, options)
    }))

  json(models.command('scan').description('Look for models in the stores of Ollama, LM Studio and the Hugging Face cache, or in a folder. Nothing is copied.').argument('[folder]'))
    .option('--add', 'add all that can be used')
    .action(async (folder: string | undefined, options: JsonOption & { add?: boolean }) => await runCommand(host(), async (client, signal) => {
      const found: FoundModel[] = []
      for await (const event of await client.library.scan({ folder: folder === undefined ? null : resolve(folder) }, { signal })) {
        if (event.type !== 'found') continue
        found.push(event.model)
        if (!options.json) print(options, null, foundLine(event.model))
      }
      const paths = found.filter(({ summary, modelId }) => summary !== null && modelId === null).map(({ path }) => path)
      const result = options.add && paths.length > 0 ? await client.library.add({ paths }) : null
      if (options.json) print(options, result ?? found, '')
      else print(options, null, result ? added(result) : found.length === 0 ? 'No model was found.\n' : options.add ? 'All of them are on the list already.\n' : 'Add them with --add.\n')
    }))

  json(models.command('add-folder').description('Add every model in a folder, and look through it again at each start.').argument('<folder>')).action(
    async (folder: string, options: JsonOption) => await runCommand(host(), async client => {
      const result = await client.library.addFolder({ path: resolve(folder) })
      print(options, result, added(result))
    }),
  )

  json(models.command('pack').description('Copy models with their hashes and the names of their licences, as far as they are known, into a new folder, such as on a USB stick. The texts of the licences are not in it.').argument('<folder>').argument('<models...>', 'models on the list, each by its id, its file or the beginning of its name')).action(
    async (folder: string, named: string[], options: JsonOption) => await runCommand(host(), async (client, signal) => {
      const modelIds = await idsOf(client, named)
      for await (const event of await client.library.pack({ modelIds, folder: resolve(folder) }, { signal })) {
        if (event.type === 'progress') progress(event)
        else print(options, event, `${event.models} ${event.models === 1 ? 'model' : 'models'}, ${sizeWords(event.sizeBytes)}, in ${event.path}\n`)
      }
    }),
  )

  json(models.command('unpack').description("Take models from a pack into Cortex's own folder; each hash is checked. Exit code 1 where one was not taken.").argument('<folder>')).action(
    async (folder: string, options: JsonOption) => await runCommand(host(), async (client, signal) => {
      for await (const event of await client.library.unpack({ folder: resolve(folder) }, { signal })) {
        if (event.type === 'progress') progress(event)
        else {
          print(options, event, added(event))
          return event.skipped.length === 0 ? 0 : 1
        }
      }
      return 1
    }),
  )
}

const looksLikeFile = (name: string): boolean => name.endsWith('.gguf') || name.includes('/') || name.includes('\\')

async function showFile(client: Client, model: Model | null, name: string, options: JsonOption & { tensors?: boolean }): Promise<void> {
  if (!model && !looksLikeFile(name) && !existsSync(name)) throw new UsageError({ what: `There is nothing called “${name}”.`, why: 'No model on the list, no entry of the catalogue and no file here has this name.', action: 'See cortex models list and cortex models browse, or name a file.' })
  const details = await client.library.details(model ? { modelId: model.id } : { path: resolve(name) })
  const tensors = []
  if (options.tensors) {
    for (let offset = 0; offset < details.tensorCount; offset += 500) tensors.push(...(await client.library.tensors({ path: details.path, offset, limit: 500 })).tensors)
  }
  const known = (value: number | string | null): string => (value === null ? 'not said' : typeof value === 'number' ? value.toLocaleString('en-US') : value)
  const rows: [string, string][] = [
    ['File', details.files.join('\n                  ')],
    ['Size', sizeWords(details.sizeBytes)],
    ['Name', known(details.name)],
    ['Architecture', known(details.architecture)],
    ['Parameters', known(details.parameters)],
    ['Quantization', details.quantization],
    ['Context', `${known(details.contextLength)} tokens`],
    ['Layers', known(details.layers)],
    ['Width', known(details.embeddingLength)],
    ['Heads', `${known(details.attentionHeads)}, ${known(details.keyValueHeads)} for keys and values`],
    ['Tokenizer', `${known(details.tokenizer)}, ${known(details.vocabularySize)} pieces`],
    ['Chat template', details.chatTemplate === null ? 'none' : `${details.chatTemplate.length.toLocaleString('en-US')} characters`],
    ['Licence', known(details.licence)],
    ['Tensors', `${details.tensorCount}: ${details.tensorTypes.map(({ type, tensors: count, bytes }) => `${count} ${type} (${sizeWords(bytes)})`).join(', ')}`],
    ['Here', fitText(details.fit)],
    ...(details.origin ? [['From', `${details.origin.label}${details.origin.isHashConfirmed ? ', hash confirmed' : ''}`] as [string, string]] : []),
  ]
  const text = rows.map(([key, value]) => `${key.padEnd(16)}  ${value}\n`).join('')
  print(options, options.tensors ? { ...details, tensors } : details, text + tensors.map(tensor => `${tensor.name}  ${tensor.type}  ${tensor.dimensions.join(' × ')}\n`).join(''))
}

function lines({ entry, files }: CatalogueItem): string {
  return files
    .map(file => {
      const size = file.sizeBytes === null ? 'size not known until download' : sizeWords(file.sizeBytes)
      const state = file.modelId !== null ? 'here' : file.downloadId !== null ? 'in downloads' : file.hasDiskRoom === false ? 'no room on the disk' : ''
      return `${[`${entry.id}:${file.quantization}`.padEnd(44), size.padEnd(12), fitText(file.fit), entry.uses.join(', '), entry.licence.name + (entry.licence.isPermissive ? '' : ' (conditions)'), state].filter(Boolean).join('  ')}\n`
    })
    .join('')
}

function entryText({ entry }: CatalogueItem): string {
  const parts = [
    `Repository: ${entry.repository} at ${entry.revision}`,
    `Licence: ${entry.licence.name}${entry.licence.note === null ? '' : `. ${entry.licence.note}`}`,
    `Context: ${entry.contextTokens === null ? 'not known until download' : `${entry.contextTokens.toLocaleString('en-US')} tokens`}`,
    entry.promptNote,
    entry.fillNote,
    ...entry.files.flatMap(({ parts: files }) => files.map(({ path, sha256 }) => `${path}: SHA-256 ${sha256 ?? 'not known until download'}`)),
    ...Object.entries(entry.sources).map(([fact, source]) => `Source of ${fact}: ${source}`),
  ]
  return parts.filter(part => part !== null).map(part => `  ${part}\n`).join('')
}

export function fitText({ verdict, gpuLayers, layers, contextTokens, neededBytes, freeBytes, freeGpuBytes, tokensPerSecond, speedFrom }: Fit): string {
  const context = contextTokens === null ? '' : `, ${contextTokens.toLocaleString('en-US')} tokens of context`
  const unknown = speedFrom === 'card-not-measured' ? ', its speed not measured on this card yet' : ''
  const speed = tokensPerSecond === null ? unknown : `, ${speedFrom === 'memory' ? 'at most' : 'about'} ${tokensPerSecond < 10 ? tokensPerSecond.toFixed(1) : Math.round(tokensPerSecond)} tokens/s (estimate)`
  switch (verdict) {
    case 'gpu':
      return `fits on the graphics card${context}${speed}`
    case 'partly-gpu':
      return `fits with ${gpuLayers} of ${layers} layers on the graphics card${context}${speed}`
    case 'cpu':
      return `fits in memory${context}${speed}`
    case 'too-big':
      return `needs ${sizeWords(neededBytes ?? 0)}, models may take ${sizeWords(freeBytes + freeGpuBytes)}`
    case 'unknown':
      return 'fit not known until download'
  }
}

function foundLine({ path, name, source, sizeBytes, summary, error, modelId }: FoundModel): string {
  const state = error ? errorText(error.code, error.data).why : `${summary?.architecture ?? ''} ${summary?.quantization ?? ''}${modelId === null ? '' : ', on the list'}`
  return `${[source.padEnd(12), name, sizeWords(sizeBytes), state, path].join('  ')}\n`
}

function added({ added: models, skipped }: AddResult): string {
  const count = `${models.length} ${models.length === 1 ? 'model is' : 'models are'} on the list.\n`
  return models.map(({ name, path }) => `${name}  ${path}\n`).join('') + skipped.map(({ path, error }) => `Not taken: ${path}. ${errorText(error.code, error.data).why}\n`).join('') + count
}

async function idsOf(client: Client, named: readonly string[]): Promise<string[]> {
  const models = await client.models.list()
  return named.map(name => oneNamed(models, name).id)
}

function progress({ doneBytes, totalBytes, file }: { doneBytes: number; totalBytes: number; file: string }): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${printable(file)}: ${sizeWords(doneBytes)} of ${sizeWords(totalBytes)}${doneBytes >= totalBytes ? '\n' : ''}`)
}

function print({ json: isJson }: JsonOption, value: unknown, text: string): void {
  process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : printableLines(text))
}

function readUse(text: string): (typeof uses)[number] {
  const use = uses.find(one => one === text)
  if (!use) throw new InvalidArgumentError(`It must be one of ${uses.join(', ')}.`)
  return use
}
