import { open } from 'node:fs/promises'
import { entry, header, padding, tensorBytes, tensorInfo, text, u32, type Scalar, type TensorPlan } from './gguf-writer.ts'
import { metadataEntries, starterPath } from './starter.ts'
import { tensorPlans, type Architecture, type Shape } from './make-model-tensors.ts'

export interface MadeModel {
  path: string
  architecture?: Architecture
  /** A GGUF file to take the tokenizer of, whole; else it is the starter's. */
  vocabulary?: string
  layers?: number
  width?: number
  heads?: number
  keyValueHeads?: number
  feedForward?: number
  contextLength?: number
  seed?: number
  /** How its matrices are stored; Q8_0 where it does not say. */
  quantization?: 'Q8_0' | 'Q4_0'
  /** Pieces of the starter's vocabulary to keep, from the first on: 300 hold every byte. */
  vocabularySize?: number
  /** Put behind the pieces of the vocabulary, as its marks. */
  specialPieces?: readonly string[]
  /** Metadata put in place of what would stand there; null leaves a key out. */
  metadata?: Record<string, Scalar | null>
}

/** Sizes for a model of about 150 million weights. */
export const size150M = { layers: 16, width: 768, heads: 12, keyValueHeads: 4, feedForward: 3072, contextLength: 4096 }

/** Sizes for a model of about a billion weights; 560 MB as Q4_0. */
export const size1B = { layers: 16, width: 2048, heads: 32, keyValueHeads: 8, feedForward: 8192, contextLength: 2048 }

const starterVocabulary = 8192

/** Writes a model with random weights, as a stream: its size is bounded by the disk alone. Gives back its count of weights. */
export async function makeModel(options: MadeModel): Promise<number> {
  const { architecture = 'llama', vocabulary, layers = 2, width = 64, heads = 2, keyValueHeads = heads === 1 ? 1 : heads / 2, feedForward = 128, contextLength = 512 } = options
  const { specialPieces = [] } = options
  const tokenizer = [...metadataEntries(vocabulary ?? starterPath, vocabulary ? Infinity : (options.vocabularySize ?? starterVocabulary))]
    .filter(([key]) => key.startsWith('tokenizer.'))
    .map(([key, bytes]) => [key, withSpecialPieces(key, bytes, specialPieces)] as const)
  const vocabularySize = piecesOf(tokenizer)
  const shape = { architecture, layers, width, heads, keyValueHeads: ['bert', 'starcoder'].includes(architecture) ? heads : keyValueHeads, feedForward, contextLength, vocabularySize }
  const quantization = options.quantization ?? 'Q8_0'
  const plans = tensorPlans(shape).map(plan => (plan.type === 'Q8_0' ? { ...plan, type: quantization } : plan))
  let offset = 0
  const infos = plans.map(plan => {
    const info = tensorInfo(plan, offset)
    offset += tensorBytes(plan)
    offset += padding(offset).length
    return info
  })
  const head = header(metadata(shape, quantization, tokenizer, options.metadata ?? {}), infos)
  const file = await open(options.path, 'w')
  try {
    await file.write(head)
    await file.write(padding(head.length))
    const noise = noiseBlocks(options.seed ?? 1, quantization)
    for (const plan of plans) await writeTensor(file, plan, noise)
  } finally {
    await file.close()
  }
  return plans.reduce((sum, plan) => sum + plan.dimensions.reduce((product, size) => product * size, 1), 0)
}

function piecesOf(tokenizer: readonly (readonly [string, Buffer])[]): number {
  const key = 'tokenizer.ggml.tokens'
  const bytes = tokenizer.find(([name]) => name === key)?.[1]
  if (!bytes) throw new Error('A vocabulary without pieces')
  // After the key come the types of the value and of its entries.
  return Number(bytes.readBigUInt64LE(8 + key.length + 8))
}

/** As `tokenizer.ggml.token_type` has it. */
const controlPiece = 3

function withSpecialPieces(key: string, bytes: Buffer, pieces: readonly string[]): Buffer {
  const added = { 'tokenizer.ggml.tokens': text, 'tokenizer.ggml.token_type': () => u32(controlPiece), 'tokenizer.ggml.scores': () => u32(0) }[key]
  if (!added || pieces.length === 0) return bytes
  const all = Buffer.concat([bytes, ...pieces.map(added)])
  const at = 8 + key.length + 8
  all.writeBigUInt64LE(all.readBigUInt64LE(at) + BigInt(pieces.length), at)
  return all
}

function metadata(shape: Shape, quantization: 'Q8_0' | 'Q4_0', tokenizer: readonly (readonly [string, Buffer])[], changes: Record<string, Scalar | null>): Buffer[] {
  const { architecture, layers, width, heads, keyValueHeads, feedForward, contextLength, vocabularySize } = shape
  const ofShape: Record<string, Scalar> = {
    context_length: { u32: contextLength },
    embedding_length: { u32: width },
    block_count: { u32: layers },
    feed_forward_length: { u32: feedForward },
    'attention.head_count': { u32: heads },
    'attention.head_count_kv': { u32: keyValueHeads },
    'attention.layer_norm_rms_epsilon': { f32: 1e-5 },
    'attention.layer_norm_epsilon': { f32: 1e-5 },
    'attention.key_length': { u32: width / heads },
    'attention.value_length': { u32: width / heads },
    'rope.dimension_count': { u32: width / heads },
    vocab_size: { u32: vocabularySize },
    ...(architecture === 'bert' && { 'attention.causal': { bool: false }, pooling_type: { u32: 1 } }),
  }
  const values: Record<string, Scalar> = {
    'general.architecture': { text: architecture },
    'general.name': { text: 'Made model' },
    'general.file_type': { u32: fileTypes[quantization] },
    ...Object.fromEntries(Object.entries(ofShape).map(([key, value]) => [`${architecture}.${key}`, value])),
  }
  const entries = new Map(Object.entries(values).map(([key, value]) => [key, entry(key, value)]))
  for (const [key, bytes] of tokenizer) entries.set(key, bytes)
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) entries.delete(key)
    else entries.set(key, entry(key, value))
  }
  return [...entries.values()]
}

/** As `general.file_type` counts them. */
const fileTypes = { Q8_0: 7, Q4_0: 2 }
/** Bytes of a block of 32 weights, and its scale as a half float; both kinds begin with it. */
const blocks = { Q8_0: { bytes: 34, scale: 0x0c00 }, Q4_0: { bytes: 18, scale: 0x2000 } }
const noiseCount = 30_000

/** Blocks of random whole numbers of 8 or 4 bits behind a scale that is the same in all. */
function noiseBlocks(seed: number, quantization: 'Q8_0' | 'Q4_0'): Buffer {
  const { bytes, scale } = blocks[quantization]
  const noise = Buffer.alloc(bytes * noiseCount)
  let state = seed >>> 0 || 1
  for (let at = 0; at < noise.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    noise[at] = state >>> 24
  }
  for (let at = 0; at < noise.length; at += bytes) noise.writeUInt16LE(scale, at)
  return noise
}

async function writeTensor(file: Awaited<ReturnType<typeof open>>, plan: TensorPlan, noise: Buffer): Promise<void> {
  const total = tensorBytes(plan)
  if (plan.type === 'F32') await file.write(Buffer.from(new Float32Array(total / 4).fill(plan.name.endsWith('.bias') ? 0 : 1).buffer))
  else for (let left = total; left > 0; left -= noise.length) await file.write(noise.subarray(0, Math.min(left, noise.length)))
  await file.write(padding(total))
}
