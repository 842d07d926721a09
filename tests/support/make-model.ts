import { open } from 'node:fs/promises'
import { entry, header, padding, tensorBytes, tensorInfo, type Scalar, type TensorPlan } from './gguf-writer.ts'
import { starterEntries } from './starter.ts'

export interface MadeModel {
  path: string
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
  /** Metadata put in place of what would stand there; null leaves a key out. */
  metadata?: Record<string, Scalar | null>
}

/** Sizes for a model of about 150 million weights. */
export const size150M = { layers: 16, width: 768, heads: 12, keyValueHeads: 4, feedForward: 3072, contextLength: 4096 }

/** Sizes for a model of about a billion weights; 560 MB as Q4_0. */
export const size1B = { layers: 16, width: 2048, heads: 32, keyValueHeads: 8, feedForward: 8192, contextLength: 2048 }

const wholeVocabulary = 8192

/** Writes a llama model with random weights and the starter's tokenizer, as a stream: its size is bounded by the disk alone. Gives back its count of weights. */
export async function makeModel(options: MadeModel): Promise<number> {
  const plans = tensorPlans(options)
  let offset = 0
  const infos = plans.map(plan => {
    const info = tensorInfo(plan, offset)
    offset += tensorBytes(plan)
    offset += padding(offset).length
    return info
  })
  const head = header(metadata(options), infos)
  const file = await open(options.path, 'w')
  try {
    await file.write(head)
    await file.write(padding(head.length))
    const noise = noiseBlocks(options.seed ?? 1, options.quantization ?? 'Q8_0')
    for (const plan of plans) await writeTensor(file, plan, noise)
  } finally {
    await file.close()
  }
  return plans.reduce((sum, plan) => sum + plan.dimensions.reduce((product, size) => product * size, 1), 0)
}

function metadata({ layers = 2, width = 64, heads = 2, keyValueHeads = 1, feedForward = 128, contextLength = 512, vocabularySize = wholeVocabulary, quantization = 'Q8_0', metadata: changes = {} }: MadeModel): Buffer[] {
  const values: Record<string, Scalar> = {
    'general.architecture': { text: 'llama' },
    'general.name': { text: 'Made model' },
    'general.file_type': { u32: fileTypes[quantization] },
    'llama.context_length': { u32: contextLength },
    'llama.embedding_length': { u32: width },
    'llama.block_count': { u32: layers },
    'llama.feed_forward_length': { u32: feedForward },
    'llama.attention.head_count': { u32: heads },
    'llama.attention.head_count_kv': { u32: keyValueHeads },
    'llama.attention.layer_norm_rms_epsilon': { f32: 1e-5 },
    'llama.rope.dimension_count': { u32: width / heads },
    'llama.vocab_size': { u32: vocabularySize },
  }
  const entries = new Map(Object.entries(values).map(([key, value]) => [key, entry(key, value)]))
  for (const [key, bytes] of starterEntries(vocabularySize)) if (key.startsWith('tokenizer.')) entries.set(key, bytes)
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) entries.delete(key)
    else entries.set(key, entry(key, value))
  }
  return [...entries.values()]
}

function tensorPlans({ layers = 2, width = 64, heads = 2, keyValueHeads = 1, feedForward = 128, vocabularySize = wholeVocabulary, quantization = 'Q8_0' }: MadeModel): TensorPlan[] {
  const keyWidth = (width / heads) * keyValueHeads
  const norm = (name: string): TensorPlan => ({ name, dimensions: [width], type: 'F32' })
  const matrix = (name: string, rows: number, columns: number): TensorPlan => ({ name, dimensions: [rows, columns], type: quantization })
  const layer = (index: number): TensorPlan[] => [
    norm(`blk.${index}.attn_norm.weight`),
    norm(`blk.${index}.ffn_norm.weight`),
    matrix(`blk.${index}.attn_q.weight`, width, width),
    matrix(`blk.${index}.attn_k.weight`, width, keyWidth),
    matrix(`blk.${index}.attn_v.weight`, width, keyWidth),
    matrix(`blk.${index}.attn_output.weight`, width, width),
    matrix(`blk.${index}.ffn_gate.weight`, width, feedForward),
    matrix(`blk.${index}.ffn_up.weight`, width, feedForward),
    matrix(`blk.${index}.ffn_down.weight`, feedForward, width),
  ]
  return [matrix('token_embd.weight', width, vocabularySize), norm('output_norm.weight'), ...Array.from({ length: layers }, (_, index) => layer(index)).flat()]
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
  if (plan.type === 'F32') await file.write(Buffer.from(new Float32Array(total / 4).fill(1).buffer))
  else for (let left = total; left > 0; left -= noise.length) await file.write(noise.subarray(0, Math.min(left, noise.length)))
  await file.write(padding(total))
}
