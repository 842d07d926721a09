import type { KvCacheType } from '#shared/load-plan.ts'
import type { ModelShape } from '#shared/gguf/model-shape.ts'

/** Bytes of one number in the cache, the scale of its block included. */
const cacheBytesPerNumber: Record<KvCacheType, number> = { f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 }
/** llama.cpp rounds a context up to whole pieces. */
const contextPiece = 256
/** Node, llama.cpp's libraries and the vocabulary, before any weight. */
const processBytes = 160e6

export interface Sizes {
  contextTokens: number
  /** Sequences with a cache of their own, that for completion included. */
  sequences: number
  kvCacheType: KvCacheType
  batchTokens: number
  gpuLayers: number
  /** Makes vectors or ranks: no piece of the vocabulary is scored, and every token looks at every other at once. */
  isForVectors?: boolean
}

export interface Extras {
  /** Weights beside the model's own: adapters and a model that drafts. */
  weightsBytes: number
  /** The same shape for a model that drafts, with a cache of its own. */
  draft: ModelShape | null
}

export interface Needs {
  weightsBytes: number
  cacheBytes: number
  computeBytes: number
  totalBytes: number
  gpuBytes: number
}

/** What a model takes in memory when it is loaded so. */
export function memoryNeeds(shape: ModelShape, sizes: Sizes, extras: Extras = { weightsBytes: 0, draft: null }): Needs {
  const blocks = shape.blockBytes.length
  // The last layers go to the card first; the output is the last of all.
  const firstOnCard = blocks + 1 - Math.min(sizes.gpuLayers, blocks + 1)
  const cells = Math.ceil(sizes.contextTokens / contextPiece) * contextPiece * sizes.sequences
  const cacheOf = (block: number): number => cells * (shape.cacheWidths[block] ?? 0) * cacheBytesPerNumber[sizes.kvCacheType]
  const sum = (from: number, each: (block: number) => number): number => Array.from({ length: blocks - from }, (_, index) => each(from + index)).reduce((total, one) => total + one, 0)
  const isOnCard = sizes.gpuLayers > 0
  const from = Math.min(firstOnCard, blocks)
  const buffers = bufferBytes(shape, sizes)
  const draft = extras.draft ? memoryNeeds(extras.draft, { ...sizes, gpuLayers: 0, sequences: 1 }) : null
  const weightsBytes = sum(0, block => shape.blockBytes[block] ?? 0) + shape.outputBytes + shape.otherBytes + extras.weightsBytes + (draft?.weightsBytes ?? 0)
  const cacheBytes = sum(0, cacheOf) + shape.stateBytes * sizes.sequences + (draft?.cacheBytes ?? 0)
  const computeBytes = processBytes + buffers + (draft ? bufferBytes(extras.draft ?? shape, sizes) : 0)
  return {
    weightsBytes,
    cacheBytes,
    computeBytes,
    totalBytes: weightsBytes + cacheBytes + computeBytes,
    gpuBytes: isOnCard ? sum(from, block => (shape.blockBytes[block] ?? 0) + cacheOf(block)) + shape.outputBytes + buffers : 0,
  }
}

/** Of models for vectors, whose headers need not say it. */
const usualHeads = 12

/** Of one batch: the scores of every token of the vocabulary, what flows through a block, and what each token may look at. */
function bufferBytes(shape: ModelShape, { contextTokens, batchTokens, isForVectors = false }: Sizes): number {
  const batch = Math.min(batchTokens, contextTokens)
  const flowing = 8 * shape.embeddingLength + 3 * shape.feedForwardLength
  const looked = contextTokens * 4 * (isForVectors ? usualHeads : 1)
  return batch * (4 * ((isForVectors ? 0 : shape.vocabularySize) + flowing) + looked)
}
