import { InvalidArgumentError, type Command } from 'commander'
import type { Client } from '#shared/contract/index.ts'
import type { SamplingPreset } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { Sampling } from '#shared/sampling.ts'
import { plain } from './plain-command.ts'
import { printableLines } from './printable.ts'
import { between, whole } from './read-argument.ts'
import { runCommand, type RunOptions } from './run-command.ts'
import { UsageError } from './usage-error.ts'

interface SaveOptions extends Sampling {
  temperature: number
  json?: boolean
}

/** `cortex models presets|save-preset|remove-preset`. */
export function addPresetsCommands(models: Command, host: () => RunOptions): void {
  plain(models.command('presets'))
    .description('List the sampling presets; one is given to a model by `cortex models load <model> --preset <preset>`.')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => await runCommand(host(), async client => {
      const presets = await client.models.presets()
      print(json, presets, presets.map(presetLine).join(''))
    }))
  plain(models.command('save-preset'))
    .description('Keep a sampling preset; one that was saved under this name is replaced. What is left out is off, but the biases of the one that is replaced stay.')
    .argument('<name>')
    .requiredOption('--temperature <number>', '0 always takes the likeliest token, 2 varies most', between(0, 2))
    .option('--top-k <number>', 'of so many of the likeliest tokens', whole(0, 1_000_000))
    .option('--top-p <share>', 'of the likeliest that together have this share', between(0, 1))
    .option('--min-p <share>', 'of those with at least this share of the likeliest', between(0, 1))
    .option('--repeat-penalty <number>', '1 is off', between(0, 10))
    .option('--repeat-last-tokens <number>', 'how far the penalties look back', whole(0, 10_000_000))
    .option('--frequency-penalty <number>', 'for each time that a token stood there', between(-2, 2))
    .option('--presence-penalty <number>', 'once for a token that stood there', between(-2, 2))
    .option('--logit-bias <token:bias>', 'number of a token and what is added to its logit, from -100, which forbids it, to 100; may be given more than once, "none" takes those away that were saved', readBias)
    .option('--json', 'print JSON')
    .action(async (name: string, { json, temperature, logitBias, ...figures }: SaveOptions) => await runCommand(host(), async client => {
      const known = (await client.models.presets()).find(preset => isCalled(preset, name))
      refuseBuiltIn(known, 'Choose another name.')
      const biases = logitBias ?? known?.sampling.logitBias ?? {}
      const sampling = { ...figures, ...(Object.keys(biases).length > 0 ? { logitBias: biases } : {}) }
      const saved = await client.models.savePreset({ ...(known ? { id: known.id } : {}), name, temperature, sampling })
      print(json, saved, presetLine(saved))
    }))
  plain(models.command('remove-preset'))
    .description('Remove a preset that was saved; models that had it go on as the settings say.')
    .argument('<preset>', 'its name or id')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: { json?: boolean }) => await runCommand(host(), async client => {
      const preset = await findPreset(client, name)
      refuseBuiltIn(preset, 'Those that you saved can be removed.')
      const { id } = preset
      await client.models.removePreset({ id })
      print(json, { removed: id }, 'It is removed.\n')
    }))
}

/** By its id or its name. Throws PRESET_NOT_FOUND. */
export async function findPreset(client: Client, name: string): Promise<SamplingPreset> {
  const presets = await client.models.presets()
  const found = presets.find(({ id }) => id === name) ?? presets.find(preset => isCalled(preset, name))
  if (!found) throw new AppError('PRESET_NOT_FOUND', { id: name })
  return found
}

function readBias(text: string, before: Record<string, number> = {}): Record<string, number> {
  if (text === 'none') return {}
  const [, token, bias] = /^(\d{1,9}):([+-]?\d+(?:\.\d+)?)$/.exec(text) ?? []
  if (token === undefined || Math.abs(Number(bias)) > 100) throw new InvalidArgumentError('It must be the number of a token and a bias from -100 to 100, as in 13:-100.')
  return { ...before, [String(Number(token))]: Number(bias) }
}

function refuseBuiltIn(preset: SamplingPreset | undefined, action: string): void {
  if (preset?.isBuiltIn) throw new UsageError({ what: `The preset ${preset.name} stays as it is.`, why: 'It comes with Cortex.', action })
}

function isCalled(preset: SamplingPreset, name: string): boolean {
  return preset.name.toLowerCase() === name.trim().toLowerCase()
}

function presetLine({ id, name, temperature, sampling }: SamplingPreset): string {
  return `${id}  ${name}  temperature ${temperature}  ${Object.entries(sampling).map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(', ')}\n`
}

function print(isJson: boolean | undefined, value: unknown, text: string): void {
  process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : printableLines(text))
}
