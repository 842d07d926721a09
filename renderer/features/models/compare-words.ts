import type { ComparedModel } from '#shared/contract/library.ts'
import type { Benchmark } from '#shared/contract/models.ts'
import { sizeWords } from '#shared/size-words.ts'
import type { Tone } from '../../ui/tone.tsx'
import { licenceWords } from './catalogue-rows.ts'
import { expectedWords, fitWords } from './fit-words.ts'
import { contextWords, deviceWords, speedWords, weightWords } from './model-words.ts'
import { cacheWords } from './plan-words.ts'

export interface CompareCell {
  text: string
  tone: Tone
  title?: string
}

export interface CompareRow {
  id: string
  label: string
  /** In the order of the models. */
  cells: readonly CompareCell[]
}

const plain = (text: string): CompareCell => ({ text, tone: 'plain' })
const unknown: CompareCell = { text: 'not known', tone: 'muted' }
const orUnknown = <V>(value: V | null, words: (value: V) => string): CompareCell => (value === null ? unknown : plain(words(value)))

type Measured = 'prefillTokensPerSecond' | 'tokensPerSecond' | 'embeddingTokensPerSecond'
const measuredRows: readonly { id: Measured; label: string }[] = [
  { id: 'prefillTokensPerSecond', label: 'Reading, measured' },
  { id: 'tokensPerSecond', label: 'Writing, measured' },
  { id: 'embeddingTokensPerSecond', label: 'Making vectors, measured' },
]

/** A row for each thing that models differ in; the last says when each was measured. */
export function compareRows(models: readonly ComparedModel[]): CompareRow[] {
  const row = (id: string, label: string, cell: (model: ComparedModel) => CompareCell): CompareRow => ({ id, label, cells: models.map(cell) })
  return [
    row('fit', 'On this machine', ({ fit }) => {
      const { text, tone } = fitWords(fit)
      return { text, tone: tone === 'ok' ? 'plain' : tone }
    }),
    row('size', 'Size', ({ sizeBytes }) => orUnknown(sizeBytes, sizeWords)),
    row('quantization', 'Quantization', ({ quantization }) => plain(quantization)),
    row('weights', 'Weights', ({ parameters, activeParameters }) => orUnknown(parameters, all => `${weightWords(all)}${activeParameters === null ? '' : `, ${weightWords(activeParameters)} used for a token`}`)),
    row('context', 'Context', ({ contextTokens }) => orUnknown(contextTokens, contextWords)),
    row('licence', 'Licence', ({ licence }) => (licence === null ? unknown : { text: licenceWords(licence), tone: licence.isPermissive === false ? 'warn' : 'plain' })),
    row('uses', 'For', ({ uses }) => (uses.length === 0 ? unknown : plain(uses.join(', ')))),
    row('languages', 'Languages', ({ languages }) => (languages === null ? unknown : { ...plain(languages.length > 8 ? `${languages.length} languages` : languages.join(', ')), title: languages.join(', ') })),
    row('code', 'Code', ({ codeLanguages }) => orUnknown(codeLanguages, words => words)),
    row('expected', 'Estimated speed', ({ fit }) => (fit.tokensPerSecond === null && fit.speedFrom !== 'card-not-measured' ? unknown : plain(expectedWords(fit)))),
    ...measuredRows
      // Nobody asks for vectors of models that make none.
      .filter(({ id }) => id !== 'embeddingTokensPerSecond' || models.some(({ benchmark }) => (benchmark?.embeddingTokensPerSecond ?? null) !== null))
      .map(({ id, label }) => row(id, label, ({ benchmark }) => (benchmark === null || benchmark[id] === null ? { text: '–', tone: 'muted' } : plain(`${speedWords(benchmark[id])} tokens/s`)))),
    row('measured', 'Measured', ({ benchmark, modelId }) => (benchmark ? plain(measuredWith(benchmark)) : { text: modelId === null ? 'not here' : 'not measured yet', tone: 'muted' })),
  ]
}

/** How the model was loaded when it was measured: `2k tokens, F16 cache, processor, 4 threads`. */
export function measuredWith({ contextTokens, kvCacheType, sequences, device, threads, gpuLayers }: Benchmark): string {
  const place = deviceWords({ device, threads, gpuLayers })
  return [contextWords(contextTokens), kvCacheType !== null && cacheWords(kvCacheType), sequences > 1 && `${sequences} at a time`, place.replace(/^Processor/, 'processor')].filter(Boolean).join(', ')
}
