import { AppError } from '../errors.ts'
import { useOfArchitecture } from './architectures.ts'
import type { GgufSource } from './byte-cursor.ts'
import { quoted } from './quoted.ts'
import { readGgufHeader, type GgufHeader } from './read-header.ts'
import { fileTypeNames } from './tensor-types.ts'

export const poolings = ['none', 'mean', 'cls', 'last', 'rank'] as const
export type Pooling = (typeof poolings)[number]

/** What a person and the app want to know of a model, read from its header alone. */
export interface ModelDescription {
  architecture: string
  /** What the model is made for: to write text, to make vectors, or to rank documents. */
  use: 'generate' | 'embed' | 'rerank'
  /** Length of its vectors; null where it makes none. */
  dimensions: number | null
  /** How the states of a text's tokens become one vector; null where the file does not say. */
  pooling: Pooling | null
  /** Null where the file gives no name. */
  name: string | null
  /** Count of weights in this file. */
  parameters: number
  quantization: string
  contextLength: number
  vocabularySize: number
  tokenizer: string
  /** Null too where the model only makes vectors or ranks; so are the other marks of a conversation and of fill-in. */
  chatTemplate: string | null
  /** The vocabulary has ChatML's turn marks, so that a model without a template can still be asked. */
  hasChatMl: boolean
  /** Token numbers for fill-in; null where the model has none. A model without a middle token takes the suffix first. */
  fill: { prefix: number; suffix: number; middle: number | null } | null
  licence: string | null
  /** Files that make up the model; more than one when it was split. */
  fileCount: number
}

/** Reads, checks and describes a model file. Throws MODEL_FILE_INVALID with a plain reason, or MODEL_UNSUPPORTED for a kind that can neither answer nor make vectors here. */
export async function describeModel(source: GgufSource): Promise<ModelDescription> {
  const header = await readGgufHeader(source)
  const fail = (reason: string): never => {
    throw new AppError('MODEL_FILE_INVALID', { path: source.path, reason })
  }
  const architecture = textOf(header, 'general.architecture') ?? fail('It does not name its architecture.')
  const kind = useOfArchitecture(architecture)
  if (kind !== 'generates' && kind !== 'embeds') throw new AppError('MODEL_UNSUPPORTED', { path: source.path, architecture: architecture.slice(0, 80) })
  const contextLength = checkShape(header, architecture, fail)
  const vocabularySize = checkVocabulary(header, fail)
  const pooling = poolingOf(header, architecture)
  const use = useOf(header, kind, pooling)
  return {
    architecture,
    use,
    dimensions: use === 'embed' ? (numberOf(header, `${architecture}.embedding_length_out`) ?? numberOf(header, `${architecture}.embedding_length`)) : null,
    pooling,
    name: textOf(header, 'general.name')?.trim().slice(0, 200) || null,
    parameters: header.tensors.reduce((sum, tensor) => sum + tensor.weights, 0),
    quantization: quantizationOf(header),
    contextLength,
    vocabularySize,
    tokenizer: textOf(header, 'tokenizer.ggml.model') ?? '',
    chatTemplate: (use === 'generate' && textOf(header, 'tokenizer.chat_template')) || null,
    hasChatMl: use === 'generate' && header.vocabulary.hasChatMl,
    fill: use === 'generate' ? fillTokens(header, vocabularySize) : null,
    licence: textOf(header, 'general.license')?.slice(0, 200) ?? null,
    fileCount: numberOf(header, 'split.count') ?? 1,
  }
}

// llama.cpp divides by these and sizes its arrays with them.
function checkShape(header: GgufHeader, architecture: string, fail: (reason: string) => never): number {
  const size = (key: string, most: number): number => {
    const value = numberOf(header, `${architecture}.${key}`)
    if (value === null || !Number.isInteger(value) || value < 1 || value > most) return fail(`${quoted(`${architecture}.${key}`)} is missing or not between 1 and ${most}.`)
    return value
  }
  size('block_count', 512)
  size('embedding_length', 1 << 20)
  const heads = header.values.get(`${architecture}.attention.head_count`)
  if (heads && heads.type !== 'array') size('attention.head_count', 1 << 16)
  return size('context_length', 1 << 30)
}

// llama.cpp reads these arrays side by side, one entry for each piece.
function checkVocabulary(header: GgufHeader, fail: (reason: string) => never): number {
  const pieces = header.values.get('tokenizer.ggml.tokens')
  if (!pieces || pieces.type !== 'array' || pieces.of !== 'string' || pieces.length === 0) return fail('It holds no vocabulary.')
  if (textOf(header, 'tokenizer.ggml.model') === null) fail('It does not name its tokenizer.')
  for (const key of ['tokenizer.ggml.scores', 'tokenizer.ggml.token_type']) {
    const beside = header.values.get(key)
    if (beside && (beside.type !== 'array' || beside.length < pieces.length)) fail(`${quoted(key)} does not go with the vocabulary.`)
  }
  return pieces.length
}

function poolingOf(header: GgufHeader, architecture: string): Pooling | null {
  return poolings[numberOf(header, `${architecture}.pooling_type`) ?? -1] ?? null
}

/** Some that rank do not say so, but have the layer that gives the rank. A model of a generating architecture that pools was trained on to make vectors. */
function useOf(header: GgufHeader, kind: 'generates' | 'embeds', pooling: Pooling | null): ModelDescription['use'] {
  if (pooling === 'rank') return 'rerank'
  if (kind === 'generates') return pooling === null || pooling === 'none' ? 'generate' : 'embed'
  return pooling === null && header.tensors.some(tensor => tensor.name.startsWith('cls.')) ? 'rerank' : 'embed'
}

function fillTokens(header: GgufHeader, vocabularySize: number): ModelDescription['fill'] {
  const token = (role: 'prefix' | 'suffix' | 'middle', short: string): number | null => {
    const id = numberOf(header, `tokenizer.ggml.fim_${short}_token_id`) ?? numberOf(header, `tokenizer.ggml.${role}_token_id`) ?? header.vocabulary.fill[role]
    return id !== undefined && id >= 0 && id < vocabularySize ? id : null
  }
  const prefix = token('prefix', 'pre')
  const suffix = token('suffix', 'suf')
  return prefix === null || suffix === null ? null : { prefix, suffix, middle: token('middle', 'mid') }
}

function quantizationOf(header: GgufHeader): string {
  const declared = fileTypeNames.get(numberOf(header, 'general.file_type') ?? -1)
  if (declared) return declared
  const weightsOfTypes = new Map<string, number>()
  for (const { type, weights } of header.tensors) weightsOfTypes.set(type, (weightsOfTypes.get(type) ?? 0) + weights)
  const [dominant] = [...weightsOfTypes].sort((a, b) => b[1] - a[1])
  return dominant?.[0] ?? 'unknown'
}

function textOf(header: GgufHeader, key: string): string | null {
  const value = header.values.get(key)
  return value?.type === 'string' ? value.value : null
}

function numberOf(header: GgufHeader, key: string): number | null {
  const value = header.values.get(key)
  return value && value.type !== 'array' && typeof value.value === 'number' ? value.value : null
}
