import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import type { Client } from '#shared/contract/index.ts'
import type { ModelOptions, ModelOptionsChange } from '#shared/contract/models.ts'
import { errnoOf } from '../platform/files/file-errors.ts'
import { findModel } from './find-model.ts'
import { findPreset } from './presets-commands.ts'
import { plain } from './plain-command.ts'
import { oneOf, wholeOr } from './read-argument.ts'
import { UsageError } from './usage-error.ts'

/** `auto` and `none`: left to the plan or the settings again. */
export interface LoadFlags {
  context?: number | 'auto'
  kv?: 'f16' | 'q8_0' | 'q4_0' | 'auto'
  sequences?: number | 'auto'
  batch?: number | 'auto'
  gpuLayers?: number | 'auto'
  threads?: number | 'auto'
  preset?: string
  draft?: string
  speculation?: ModelOptions['speculation']
  lora?: ModelOptions['loras']
  template?: string
  fillOrder?: ModelOptions['fillOrder']
}

const mostTemplateCharacters = 200_000
const mostLoras = 16

/** How a model is loaded: the same for a plan and for a load. */
export function withLoadFlags(command: Command): Command {
  return plain(command)
    .argument('<model>')
    .option('--context <tokens>', 'context size, or "auto"', wholeOr('auto', 1, 100_000_000))
    .option('--kv <type>', 'type of the cache: f16, q8_0, q4_0 or auto', oneOf('f16', 'q8_0', 'q4_0', 'auto'))
    .option('--sequences <number>', 'answers at a time, or "auto"', wholeOr('auto', 1, 64))
    .option('--batch <tokens>', 'tokens read at a time, or "auto"', wholeOr('auto', 32, 4096))
    .option('--gpu-layers <number>', 'layers on the graphics card, or "auto"', wholeOr('auto', 0, 10_000))
    .option('--threads <number>', 'threads of the processor, or "auto"', wholeOr('auto', 1, 1024))
    .option('--preset <preset>', 'sampling preset that its answers begin with, by name or id; "none" for what the settings say')
    .option('--draft <model>', 'small model of the same vocabulary that drafts for it; "none" for none')
    .option('--speculation <how>', 'off, lookup, draft or auto', oneOf('off', 'lookup', 'draft', 'auto'))
    .option('--lora <file>', 'LoRA adapter in GGUF, or FILE:SCALE with a scale from -10 to 10; may be given more than once, "none" for none', readLoras)
    .option('--template <file>', "file with a Jinja chat template in place of the model's own; \"none\" for its own")
    .option('--fill-order <order>', 'what stands first when it completes: auto, prefix-first or suffix-first', oneOf('auto', 'prefix-first', 'suffix-first'))
    .option('--json', 'print JSON')
}

/** What was said of the options, in the words of the contract. Throws UsageError. */
export async function optionsOf(client: Client, { context, kv, sequences, batch, gpuLayers, threads, preset, draft, speculation, lora, template, fillOrder }: LoadFlags): Promise<ModelOptionsChange> {
  const all: ModelOptionsChange = {
    contextTokens: orAuto(context),
    kvCacheType: orAuto(kv),
    sequences: orAuto(sequences),
    batchTokens: orAuto(batch),
    gpuLayers: orAuto(gpuLayers),
    threads: orAuto(threads),
    speculation,
    loras: lora,
    fillOrder,
    preset: preset === undefined || preset === 'none' ? noneOr(preset) : (await findPreset(client, preset)).id,
    draft: draft === undefined || draft === 'none' ? noneOr(draft) : (await findModel(client, draft)).id,
    chatTemplate: template === undefined || template === 'none' ? noneOr(template) : await readTemplate(template),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** Null leaves the choice to the plan. */
function orAuto<T>(value: T | 'auto' | undefined): T | null | undefined {
  return value === 'auto' ? null : value
}

function noneOr(word: 'none' | undefined): null | undefined {
  return word === undefined ? undefined : null
}

function readLoras(text: string, before: ModelOptions['loras'] = []): ModelOptions['loras'] {
  if (text === 'none') return []
  const [, file = text, scale = '1'] = /^(.+):([+-]?\d*\.?\d+)$/.exec(text) ?? []
  if (Math.abs(Number(scale)) > 10) throw new InvalidArgumentError('Its scale must be a number from -10 to 10.')
  if (before.length >= mostLoras) throw new InvalidArgumentError(`At most ${mostLoras} adapters are taken.`)
  return [...before, { path: resolve(file), scale: Number(scale) }]
}

async function readTemplate(file: string): Promise<string> {
  const action = 'Name a text file with a Jinja template.'
  const text = await readFile(resolve(file), 'utf8').catch((error: unknown) => {
    throw new UsageError({ what: 'The template could not be read.', why: errnoOf(error) === 'ENOENT' ? `There is no file ${file}.` : `The system does not let ${file} be read.`, action })
  })
  if (text.trim() === '') throw new UsageError({ what: 'The template is empty.', why: `There is nothing in ${file}.`, action })
  if (text.length > mostTemplateCharacters) throw new UsageError({ what: 'The template is too long.', why: `${file} has more than ${mostTemplateCharacters.toLocaleString('en')} characters.`, action })
  return text
}
