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
  /** Pieces of the starter's vocabulary to keep, from the first on: 300 hold every byte. */
  vocabularySize?: number
  /** Metadata put in place of what would stand there; null leaves a key out. */
  metadata?: Record<string, Scalar | null>
}

/** Sizes for a model of about 150 million weights. */
export const size150M = { layers: 16, width: 768, heads: 12, keyValueHeads: 4, feedForward: 3072, contextLength: 4096 }

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
    const noise = noiseBlocks(options.seed ?? 1)
    for (const plan of plans) await writeTensor(file, plan, noise)
  } finally {
    await file.close()
  }
  return plans.reduce((sum, plan) => sum + plan.dimensions.reduce((product, size) => product * size, 1), 0)
}

function metadata({ layers = 2, width = 64, heads = 2, keyValueHeads = 1, feedForward = 128, contextLength = 512, vocabularySize = wholeVocabulary, metadata: changes = {} }: MadeModel): Buffer[] {
  const values: Record<string, Scalar> = {
    'general.architecture': { text: 'llama' },
    'general.name': { text: 'Made model' },
    'general.file_type': { u32: 7 },
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

function tensorPlans({ layers = 2, width = 64, heads = 2, keyValueHeads = 1, feedForward = 128, vocabularySize = wholeVocabulary }: MadeModel): TensorPlan[] {
  const keyWidth = (width / heads) * keyValueHeads
  const norm = (name: string): TensorPlan => ({ name, dimensions: [width], type: 'F32' })
  const matrix = (name: string, rows: number, columns: number): TensorPlan => ({ name, dimensions: [rows, columns], type: 'Q8_0' })
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

const blockBytes = 34
const noiseLength = blockBytes * 30_000

/** Q8_0 blocks: a scale as a half float, then 32 whole numbers. */
function noiseBlocks(seed: number): Buffer {
  const noise = Buffer.alloc(noiseLength)
  let state = seed >>> 0 || 1
  for (let at = 0; at < noiseLength; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    noise[at] = state >>> 24
  }
  for (let at = 0; at < noiseLength; at += blockBytes) noise.writeUInt16LE(0x0c00, at)
  return noise
}

async function writeTensor(file: Awaited<ReturnType<typeof open>>, plan: TensorPlan, noise: Buffer): Promise<void> {
  const total = tensorBytes(plan)
  if (plan.type === 'F32') await file.write(Buffer.from(new Float32Array(total / 4).fill(1).buffer))
  else for (let left = total; left > 0; left -= noise.length) await file.write(noise.subarray(0, Math.min(left, noise.length)))
  await file.write(padding(total))
}
