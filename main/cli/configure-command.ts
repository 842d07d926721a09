import type { Command } from 'commander'
import type { Model, ModelOptions, SamplingPreset } from '#shared/contract/models.ts'
import { findModel } from './find-model.ts'
import { optionsOf, withLoadFlags, type LoadFlags } from './load-flags.ts'
import { printableLines } from './printable.ts'
import { runCommand, type RunOptions } from './run-command.ts'

/** `cortex models configure`. */
export function addConfigureCommand(models: Command, host: () => RunOptions): void {
  withLoadFlags(models.command('configure').description('Change how a model is loaded, from its next load on, and the preset that its answers begin with; nothing is loaded. Without options: how it is.'))
    .action(async (name: string, { json, ...flags }: LoadFlags & { json?: boolean }) => await runCommand(host(), async client => {
      const { id } = await findModel(client, name)
      const change = await optionsOf(client, flags)
      const options = Object.keys(change).length > 0 ? await client.models.configure({ id, options: change }) : await client.models.options({ id })
      const [presets, list] = await Promise.all([client.models.presets(), client.models.list()])
      process.stdout.write(json ? `${JSON.stringify(options)}\n` : printableLines(optionLines(options, presets, list)))
    }))
}

/** A line for each, by the name of its flag. */
export function optionLines(options: ModelOptions, presets: readonly SamplingPreset[], models: readonly Model[]): string {
  const { contextTokens, kvCacheType, sequences, batchTokens, gpuLayers, threads, preset, draft, speculation, loras, chatTemplate, fillOrder } = options
  const figure = (value: number | null): string => (value === null ? 'auto' : value.toLocaleString('en'))
  const nameOf = (id: string | null, named: readonly { id: string; name: string }[]): string => (id === null ? 'none' : (named.find(one => one.id === id)?.name ?? id))
  const rows: [string, string][] = [
    ['context', figure(contextTokens)],
    ['kv', kvCacheType ?? 'auto'],
    ['sequences', figure(sequences)],
    ['batch', figure(batchTokens)],
    ['gpu-layers', figure(gpuLayers)],
    ['threads', figure(threads)],
    ['preset', nameOf(preset, presets)],
    ['draft', nameOf(draft, models)],
    ['speculation', speculation],
    ['lora', loras.length === 0 ? 'none' : loras.map(({ path, scale }) => `${path}:${scale}`).join(', ')],
    ['template', chatTemplate === null ? 'its own' : `${chatTemplate.length.toLocaleString('en')} characters of Jinja`],
    ['fill-order', fillOrder],
  ]
  return rows.map(([label, value]) => `${label.padEnd(11)}  ${value}\n`).join('')
}
