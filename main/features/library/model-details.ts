import { isAbsolute } from 'node:path'
import type { Hardware } from '#shared/contract/hardware.ts'
import type { ModelDetails, ModelOrigin, Tensor } from '#shared/contract/library.ts'
import { AppError } from '#shared/errors.ts'
import { pathsOfModel } from '#shared/gguf/model-files.ts'
import { readGgufHeader, type GgufHeader } from '#shared/gguf/read-header.ts'
import type { GgufValue } from '#shared/gguf/read-value.ts'
import { fileTypeNames } from '#shared/gguf/tensor-types.ts'
import type { ModelShape } from '#shared/model-catalogue.ts'
import { withGgufFile } from '../../platform/files/gguf-source.ts'
import { estimateFit, type FitFacts } from './estimate-fit.ts'

interface Read {
  files: string[]
  headers: GgufHeader[]
  sizeBytes: number
}

const longestValue = 300
/** Encoders: what they give is a vector or a score. */
const isEncoder = (architecture: string): boolean => /bert|embed|t5encoder/.test(architecture)

/** Everything that the headers of a model's files say, whether it can be loaded or not. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID. */
export async function readModelDetails(path: string, hardware: Hardware, origin: ModelOrigin | null): Promise<ModelDetails> {
  const { files, headers, sizeBytes } = await readHeaders(path)
  const [first] = headers
  if (!first) throw new AppError('FILE_NOT_FOUND', { path })
  const architecture = textOf(first, 'general.architecture') ?? ''
  const number = (key: string): number | null => numberOf(first, `${architecture}.${key}`)
  const parameters = headers.reduce((sum, { tensors }) => sum + tensors.reduce((weights, tensor) => weights + tensor.weights, 0), 0)
  const facts = { ...factsOfHeader(first, architecture), sizeBytes, parameters }
  const vocabulary = first.values.get('tokenizer.ggml.tokens')
  return {
    path,
    files,
    sizeBytes,
    ggufVersion: first.version,
    architecture,
    name: textOf(first, 'general.name'),
    parameters,
    quantization: fileTypeNames.get(numberOf(first, 'general.file_type') ?? -1) ?? largest(headers),
    contextLength: number('context_length'),
    layers: number('block_count'),
    embeddingLength: number('embedding_length'),
    attentionHeads: firstNumber(first, `${architecture}.attention.head_count`),
    keyValueHeads: firstNumber(first, `${architecture}.attention.head_count_kv`),
    vocabularySize: vocabulary?.type === 'array' ? vocabulary.length : null,
    tokenizer: [textOf(first, 'tokenizer.ggml.model'), textOf(first, 'tokenizer.ggml.pre')].filter(Boolean).join(', ') || null,
    chatTemplate: textOf(first, 'tokenizer.chat_template'),
    licence: textOf(first, 'general.license'),
    tensorTypes: typesOf(headers),
    tensorCount: headers.reduce((sum, { tensors }) => sum + tensors.length, 0),
    metadata: [...first.values].map(([key, value]) => ({ key, type: typeName(value), value: inShort(value) })),
    origin,
    fit: estimateFit(facts, hardware),
  }
}

export async function readTensorPage(path: string, { offset, limit, contains }: { offset: number; limit: number; contains: string }): Promise<{ tensors: Tensor[]; total: number }> {
  const { headers } = await readHeaders(path)
  const all = headers.flatMap(({ tensors }) => tensors).filter(({ name }) => name.includes(contains))
  return { tensors: all.slice(offset, offset + limit).map(({ name, type, dimensions, weights, bytes }) => ({ name, type, dimensions: [...dimensions], weights, bytes })), total: all.length }
}

async function readHeaders(path: string): Promise<Read> {
  if (!isAbsolute(path)) throw new AppError('FILE_NOT_FOUND', { path })
  const files = pathsOfModel(path)
  const reads = []
  for (const file of files) reads.push(await withGgufFile(file, async source => ({ header: await readGgufHeader(source), sizeBytes: source.sizeBytes })))
  return { files, headers: reads.map(({ header }) => header), sizeBytes: reads.reduce((sum, read) => sum + read.sizeBytes, 0) }
}

function factsOfHeader(header: GgufHeader, architecture: string): Omit<FitFacts, 'sizeBytes' | 'parameters'> {
  const number = (key: string): number | null => numberOf(header, `${architecture}.${key}`)
  const layers = number('block_count')
  const heads = firstNumber(header, `${architecture}.attention.head_count`)
  const keyValueHeads = firstNumber(header, `${architecture}.attention.head_count_kv`) ?? heads
  const embedding = number('embedding_length')
  const headSize = number('attention.key_length') ?? (embedding !== null && heads !== null && heads > 0 ? embedding / heads : null)
  const isKnown = layers !== null && layers >= 1 && keyValueHeads !== null && keyValueHeads >= 1 && headSize !== null && headSize > 0
  const shape: ModelShape | null = isKnown ? { layers, keyValueHeads, headSize, window: null } : null
  return { shape, contextTokens: number('context_length'), activeParameters: null, isGenerating: !isEncoder(architecture) }
}

function typesOf(headers: readonly GgufHeader[]): ModelDetails['tensorTypes'] {
  const types = new Map<string, { type: string; tensors: number; bytes: number }>()
  for (const { type, bytes } of headers.flatMap(({ tensors }) => tensors)) {
    const known = types.get(type) ?? { type, tensors: 0, bytes: 0 }
    types.set(type, { type, tensors: known.tensors + 1, bytes: known.bytes + bytes })
  }
  return [...types.values()].sort((a, b) => b.bytes - a.bytes)
}

function largest(headers: readonly GgufHeader[]): string {
  return typesOf(headers)[0]?.type ?? 'unknown'
}

function typeName(value: GgufValue): string {
  return value.type === 'array' ? `list of ${value.of}` : value.type
}

function inShort(value: GgufValue): string {
  if (value.type === 'array') return value.head.length > 0 && value.length <= 8 ? value.head.join(', ') : `${value.length.toLocaleString('en-US')} entries`
  const text = String(value.value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

function textOf(header: GgufHeader, key: string): string | null {
  const value = header.values.get(key)
  return value?.type === 'string' && value.value !== '' ? value.value : null
}

function numberOf(header: GgufHeader, key: string): number | null {
  const value = header.values.get(key)
  return value && value.type !== 'array' && typeof value.value === 'number' && Number.isFinite(value.value) ? value.value : null
}

/** Of a list with a number for each layer the largest. */
function firstNumber(header: GgufHeader, key: string): number | null {
  const value = header.values.get(key)
  return value?.type === 'array' && value.head.length > 0 ? Math.max(...value.head) : numberOf(header, key)
}
