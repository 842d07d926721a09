import type { ModelShape } from '#shared/gguf/model-shape.ts'
import type { KvCacheType, LoadPlan } from '#shared/load-plan.ts'
import { memoryNeeds, type Extras, type Sizes } from './memory-needs.ts'

/** What was asked for; null leaves the choice to the plan. */
export interface Wishes {
  contextTokens: number | null
  kvCacheType: KvCacheType | null
  sequences: number | null
  batchTokens: number | null
  gpuLayers: number | null
  threads: number | null
}

export interface PlanRequest {
  shape: ModelShape
  wishes: Wishes
  /** Main memory that models may still take, and free memory of the card; null where none is to be used. */
  memory: { freeBytes: number; freeGpuBytes: number | null }
  /** One that writes text keeps a sequence more, for completion at the cursor. */
  isGenerating: boolean
  extras?: Extras
  /** Only plans that take less than this: what took so much was too much. */
  belowBytes?: number | undefined
}

const usualContext = 8192
const usualBatch = 512
/** llama.cpp gives a context in whole pieces of this many tokens; fewer hold no question anyway. */
const contextPiece = 256
const smallContext = 512

/** The largest way to load a model that fits into memory; where none does, what was wished for, which does not fit, with the largest that would. */
export function planLoad(request: PlanRequest): LoadPlan {
  const { wishes, shape, belowBytes = Infinity } = request
  const words = clampedWords(wishes, shape, request.memory.freeGpuBytes !== null)
  const wished = ways(request, wishes)
  const free = ways(request, { ...unbound, contextTokens: null })
  const fitting = wished.find(way => way.fits && way.totalBytes < belowBytes)
  const chosen = fitting ?? (belowBytes < Infinity ? free.find(way => way.fits && way.totalBytes < belowBytes) : undefined)
  if (chosen) {
    const [largest] = wished
    const smaller = free.find(way => way.totalBytes < chosen.totalBytes) ?? null
    return { ...chosen, reason: sentences([...words, largest && largest !== chosen ? lessWords(largest, chosen) : null]), smaller }
  }
  const [largest] = wished
  if (!largest) throw new RangeError('There is always a way that was wished for')
  const smaller = free.find(way => way.fits && way.totalBytes < Math.min(largest.totalBytes, belowBytes)) ?? null
  const why = smaller ? 'It does not fit the way it was asked for.' : 'It does not fit, whichever way it is loaded.'
  return { ...largest, fits: false, reason: sentences([...words, why]), smaller }
}

const unbound: Wishes = { contextTokens: null, kvCacheType: null, sequences: null, batchTokens: null, gpuLayers: null, threads: null }

type Way = Omit<LoadPlan, 'smaller'>

/** The largest first; each takes less than the one before it. */
function ways(request: PlanRequest, wishes: Wishes): Way[] {
  const { shape } = request
  const trained = Math.max(shape.contextLength, 1)
  // What is offered in place of what was asked for has no more context and no larger batch.
  const most = Math.min(trained, usualContext, wholePieces(request.wishes.contextTokens ?? usualContext))
  const contexts = wishes.contextTokens === null ? halves(most, Math.min(most, smallContext)) : [Math.min(wholePieces(wishes.contextTokens), trained)]
  const last = contexts.at(-1) ?? trained
  const types: readonly KvCacheType[] = wishes.kvCacheType === null ? ['f16', 'q8_0'] : [wishes.kvCacheType]
  // A text for vectors is read whole: its tokens look at each other both ways.
  const batch = wishes.batchTokens ?? Math.min(usualBatch, request.wishes.batchTokens ?? usualBatch)
  const sequences = wishes.sequences ?? request.wishes.sequences ?? 1
  const usual = contexts.flatMap(contextTokens => types.map(kvCacheType => ({ contextTokens, kvCacheType, batchTokens: request.isGenerating ? batch : contextTokens, sequences })))
  // Where even the smallest of these is too much, speed of reading and exactness go last.
  const lastType = wishes.kvCacheType ?? 'q4_0'
  const tight = request.isGenerating && wishes.batchTokens === null ? [256, 128].map(tokens => ({ contextTokens: last, kvCacheType: lastType, batchTokens: Math.min(tokens, batch), sequences })) : []
  const single = sequences > 1 && wishes.sequences === null ? [{ contextTokens: last, kvCacheType: lastType, batchTokens: wishes.batchTokens ?? Math.min(128, batch), sequences: 1 }] : []
  const found: Way[] = []
  for (const sizes of [...usual, ...tight, ...single]) {
    const way = onBoth(request, wishes, sizes)
    if (way.totalBytes < (found.at(-1)?.totalBytes ?? Infinity)) found.push(way)
  }
  return found
}

function wholePieces(tokens: number): number {
  return Math.ceil(tokens / contextPiece) * contextPiece
}

function halves(from: number, to: number): number[] {
  const all = [from]
  for (let context = Math.floor(from / 2); context >= to; context = Math.floor(context / 2)) all.push(context)
  return all
}

/** With as many layers on the card as it holds. */
function onBoth(request: PlanRequest, wishes: Wishes, sizes: Omit<Sizes, 'gpuLayers'>): Way {
  const { shape, isGenerating, extras, memory } = request
  const layers = shape.blockBytes.length + 1
  const cacheSequences = sizes.sequences + (isGenerating ? 1 : 0)
  const needs = (gpuLayers: number) => memoryNeeds(shape, { ...sizes, sequences: cacheSequences, gpuLayers, isForVectors: !isGenerating }, extras)
  const free = memory.freeGpuBytes
  let gpuLayers = 0
  if (free !== null) {
    gpuLayers = Math.min(wishes.gpuLayers ?? layers, layers)
    if (wishes.gpuLayers === null) while (gpuLayers > 0 && needs(gpuLayers).gpuBytes > free) gpuLayers--
  }
  const all = needs(gpuLayers)
  return {
    ...sizes,
    gpuLayers,
    layers,
    threads: request.wishes.threads,
    ...all,
    fits: all.totalBytes - all.gpuBytes <= memory.freeBytes && all.gpuBytes <= (free ?? 0),
    freeBytes: memory.freeBytes,
    freeGpuBytes: free,
    reason: null,
  }
}

const count = (value: number): string => value.toLocaleString('en-US')

function clampedWords({ contextTokens, gpuLayers }: Wishes, { contextLength, blockBytes }: ModelShape, hasCard: boolean): string[] {
  const words: string[] = []
  const trained = Math.max(contextLength, 1)
  if (contextTokens !== null && contextTokens > trained) words.push(`A context of ${count(contextTokens)} tokens was asked for, and the model was trained for ${count(trained)}: it gets those.`)
  if (contextTokens !== null && contextTokens < Math.min(contextPiece, trained)) words.push(`A context of ${count(contextTokens)} ${contextTokens === 1 ? 'token' : 'tokens'} holds no question: it gets ${count(Math.min(contextPiece, trained))}.`)
  if (gpuLayers !== null && gpuLayers > 0 && !hasCard) words.push('There is no graphics card that can be used: all layers stay with the processor.')
  else if (gpuLayers !== null && gpuLayers > blockBytes.length + 1) words.push(`It has ${count(blockBytes.length + 1)} layers: all of them go to the graphics card.`)
  return words
}

function lessWords(wanted: Way, chosen: Way): string {
  const parts = [
    ...(chosen.contextTokens < wanted.contextTokens ? [`${count(chosen.contextTokens)} tokens of context instead of ${count(wanted.contextTokens)}`] : []),
    ...(chosen.kvCacheType !== wanted.kvCacheType ? [`a ${chosen.kvCacheType} cache instead of ${wanted.kvCacheType}`] : []),
    ...(chosen.sequences < wanted.sequences ? [`${chosen.sequences} answers at a time instead of ${wanted.sequences}`] : []),
    ...(chosen.batchTokens < wanted.batchTokens ? [`batches of ${chosen.batchTokens} tokens instead of ${wanted.batchTokens}`] : []),
  ]
  return `Memory is short: it gets ${parts.join(', ')}.`
}

function sentences(parts: readonly (string | null)[]): string | null {
  return parts.filter(part => part !== null).join(' ') || null
}
