import type { Command } from 'commander'
import { leastCompared, mostCompared, type CatalogueItem, type ComparedModel, type ComparedName } from '#shared/contract/library.ts'
import type { Benchmark, Model } from '#shared/contract/models.ts'
import { sizeWords } from '#shared/size-words.ts'
import { findEntryFile } from './find-entry.ts'
import { begunBy, wholeNamed } from './find-model.ts'
import { fitText } from './library-commands.ts'
import { plain } from './plain-command.ts'
import { printableLines } from './printable.ts'
import { runCommand, type RunOptions } from './run-command.ts'
import { UsageError } from './usage-error.ts'

/** `cortex models compare`. */
export function addCompareCommand(models: Command, host: () => RunOptions): void {
  plain(models.command('compare'))
    .description('Two to four models side by side: what each is, what it would get on this machine, and what cortex models bench measured last. Nothing is connected or loaded.')
    .argument('<models...>', 'models on the list, each by its id, its file or the beginning of its name, and files of the catalogue as ENTRY:QUANTIZATION')
    .option('--json', 'print JSON')
    .action(async (named: string[], { json }: { json?: boolean }) => await runCommand(host(), async client => {
      const [list, catalogue] = await Promise.all([client.models.list(), client.library.catalogue()])
      const compared = await client.library.compare({ models: namesOf(named, list, catalogue) })
      process.stdout.write(json ? `${JSON.stringify(compared)}\n` : printableLines(compareTable(compared)))
    }))
}

/** What each word names. Throws UsageError for one that names none or several, and where two name the same. */
export function namesOf(named: readonly string[], list: readonly Model[], catalogue: readonly CatalogueItem[]): ComparedName[] {
  if (named.length < leastCompared || named.length > mostCompared) throw new UsageError({ what: 'These models cannot be compared.', why: `From ${leastCompared} to ${mostCompared} can be; ${named.length} ${named.length === 1 ? 'was' : 'were'} named.`, action: 'See them with cortex models list and cortex models browse.' })
  const names = named.map((word): ComparedName => {
    const model = wholeNamed(list, word)
    if (model) return { modelId: model.id }
    const found = findEntryFile(catalogue, word, 'compare')
    // One that is here has more to say.
    if (found) return found.file.modelId === null ? { entryId: found.entry.id, quantization: found.file.quantization } : { modelId: found.file.modelId }
    const begun = begunBy(list, word)
    if (begun) return { modelId: begun.id }
    throw new UsageError({ what: `There is no model “${word}”.`, why: 'None on the list and no entry of the catalogue has this name.', action: 'See cortex models list and cortex models browse.' })
  })
  const keys = names.map(name => JSON.stringify(name))
  const twice = keys.findIndex((key, place) => keys.indexOf(key) < place)
  if (twice >= 0) throw new UsageError({ what: 'A model was named twice.', why: `“${named[keys.indexOf(keys[twice] ?? '')] ?? ''}” and “${named[twice] ?? ''}” are one model.`, action: 'Name another.' })
  return names
}

const unknown = 'not known'
const count = (value: number): string => value.toLocaleString('en')
const millions = (weights: number): string => `${(weights / 1e6).toLocaleString('en', { maximumFractionDigits: 0 })} million`
const rate = (value: number): string => `${value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })} tokens/s`

const rows: readonly [label: string, value: (model: ComparedModel) => string][] = [
  ['Model', ({ name }) => name],
  ['Is', ({ modelId, entryId }) => (modelId === null ? `in the catalogue: ${entryId ?? ''}` : 'on the list')],
  ['On this machine', ({ fit }) => fitText({ ...fit, tokensPerSecond: null, speedFrom: null })],
  ['Size', ({ sizeBytes }) => (sizeBytes === null ? 'not known until download' : sizeWords(sizeBytes))],
  ['Quantization', ({ quantization }) => quantization],
  ['Weights', ({ parameters, activeParameters }) => (parameters === null ? unknown : `${millions(parameters)}${activeParameters === null ? '' : `, ${millions(activeParameters)} used for a token`}`)],
  ['Context', ({ contextTokens }) => (contextTokens === null ? unknown : `${count(contextTokens)} tokens`)],
  ['For', ({ uses }) => uses.join(', ') || 'no use that is known'],
  ['Languages', ({ languages }) => (languages === null ? unknown : languages.length > 8 ? `${languages.length} languages` : languages.join(', '))],
  ['Code', ({ codeLanguages }) => codeLanguages ?? unknown],
  ['Licence', ({ licence }) => (licence === null ? unknown : `${licence.name}${licence.isPermissive === false ? ' (conditions)' : ''}`)],
  ['Expected', ({ fit: { tokensPerSecond, speedFrom } }) => (tokensPerSecond === null ? (speedFrom === 'card-not-measured' ? 'not measured on this card yet' : unknown) : `${speedFrom === 'memory' ? 'at most' : 'about'} ${rate(tokensPerSecond)} (estimate)`)],
  ['Reading', measured(({ prefillTokensPerSecond }) => prefillTokensPerSecond)],
  ['Writing', measured(({ tokensPerSecond }) => tokensPerSecond)],
  ['Vectors', measured(({ embeddingTokensPerSecond }) => embeddingTokensPerSecond)],
  ['Measured', ({ benchmark, modelId }) => (benchmark ? measuredText(benchmark) : modelId === null ? 'not here' : 'not measured yet')],
]

function measured(of: (benchmark: Benchmark) => number | null): (model: ComparedModel) => string {
  return ({ benchmark }) => {
    const value = benchmark && of(benchmark)
    return value === null ? '-' : rate(value)
  }
}

function measuredText({ measuredAt, contextTokens, kvCacheType, device, gpuLayers, threads }: Benchmark): string {
  const place = gpuLayers > 0 ? `${gpuLayers} layers on ${device}` : device
  return [`${measuredAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`, `${count(contextTokens)} tokens of context`, ...(kvCacheType === null ? [] : [`${kvCacheType} cache`]), `${place}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`].join('; ')
}

export function compareTable(models: readonly ComparedModel[]): string {
  const cells = rows.map(([label, value]) => [label, ...models.map(value)])
  // Nobody asks for vectors of models that make none.
  const shown = cells.filter(([label, ...values]) => label !== 'Vectors' || values.some(value => value !== '-'))
  const widths = [0, ...models.map((_, place) => place + 1)].map(column => Math.max(...shown.map(row => row[column]?.length ?? 0)))
  return shown.map(row => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('')
}
