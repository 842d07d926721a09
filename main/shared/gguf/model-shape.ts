import type { GgufHeader } from './read-header.ts'

/** What of a model decides how much memory it takes. */
export interface ModelShape {
  contextLength: number
  /** Bytes of the weights of each block. */
  blockBytes: readonly number[]
  /** Weights of the output, which is one more layer: of the embedding where the two are one. */
  outputBytes: number
  /** Weights that stay in main memory: the embedding of the input and what belongs to no block. */
  otherBytes: number
  /** Numbers that each block keeps of a token in its cache, keys and values. */
  cacheWidths: readonly number[]
  /** Tokens that a block with a sliding window looks back; null for those that see everything. */
  windows: readonly (number | null)[]
  /** Bytes of a recurrent state, for each sequence. */
  stateBytes: number
  embeddingLength: number
  feedForwardLength: number
  headCount: number
  vocabularySize: number
  /** Of some blocks a token uses a part only, its experts. */
  hasExperts: boolean
}

/** From the headers of all files of a model, the first one first. */
export function modelShape(headers: readonly GgufHeader[]): ModelShape {
  const [first] = headers
  if (!first) throw new RangeError('A model has a file')
  const keys = new ShapeKeys(first)
  const blocks = Math.min(keys.number('block_count') ?? 0, mostBlocks)
  const blockBytes = Array.from({ length: blocks }, () => 0)
  let embeddingBytes = 0
  let headBytes = 0
  let otherBytes = 0
  for (const { name, bytes } of headers.flatMap(header => header.tensors)) {
    const block = Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1)
    if (block >= 0 && block < blocks) blockBytes[block] = (blockBytes[block] ?? 0) + bytes
    else if (name === 'token_embd.weight') embeddingBytes = bytes
    else if (/^output(_norm)?\./.test(name)) headBytes += bytes
    else otherBytes += bytes
  }
  // Without an output of its own the embedding serves as one; on a graphics card it is there twice.
  const hasHead = headers.some(header => header.tensors.some(({ name }) => name === 'output.weight'))
  return {
    contextLength: keys.number('context_length') ?? 0,
    blockBytes,
    outputBytes: hasHead ? headBytes : embeddingBytes + headBytes,
    otherBytes: otherBytes + (hasHead ? embeddingBytes : 0),
    cacheWidths: cacheWidths(keys, blocks),
    windows: windowsOf(keys, blocks),
    stateBytes: stateBytes(keys, blocks),
    embeddingLength: keys.number('embedding_length') ?? 0,
    feedForwardLength: Math.max(0, ...keys.numbers('feed_forward_length', 1)),
    headCount: Math.max(1, ...keys.numbers('attention.head_count', 1)),
    vocabularySize: keys.lengthOf('tokenizer.ggml.tokens'),
    hasExperts: headers.some(header => header.tensors.some(({ name }) => name.includes('_exps.'))),
  }
}

// A header can claim more than a model has; the arrays here stay small.
const mostBlocks = 2048

class ShapeKeys {
  readonly #header: GgufHeader
  readonly #architecture: string

  constructor(header: GgufHeader) {
    this.#header = header
    const architecture = header.values.get('general.architecture')
    this.#architecture = architecture?.type === 'string' ? architecture.value : ''
  }

  number(key: string): number | null {
    const value = this.#get(key)
    return value && value.type !== 'array' && typeof value.value === 'number' && Number.isFinite(value.value) ? Math.max(0, value.value) : null
  }

  /** One number for each block: a single one counts for all. */
  numbers(key: string, blocks: number): number[] {
    const value = this.#get(key)
    if (value?.type === 'array' && value.of !== 'string') return [...value.head]
    const one = this.number(key)
    return one === null ? [] : Array.from({ length: blocks }, () => one)
  }

  isFalse(key: string): boolean {
    const value = this.#get(key)
    return value?.type === 'bool' && !value.value
  }

  lengthOf(key: string): number {
    const value = this.#header.values.get(key)
    return value?.type === 'array' ? value.length : 0
  }

  #get(key: string) {
    return this.#header.values.get(`${this.#architecture}.${key}`)
  }
}

function cacheWidths(keys: ShapeKeys, blocks: number): number[] {
  const heads = keys.numbers('attention.head_count', blocks)
  // A model that reads both ways keeps nothing between calls.
  if (heads.length === 0 || keys.isFalse('attention.causal')) return Array.from({ length: blocks }, () => 0)
  const keyValueHeads = keys.numbers('attention.head_count_kv', blocks)
  const perHead = (keys.number('embedding_length') ?? 0) / Math.max(1, ...heads)
  const width = (keys.number('attention.key_length') ?? perHead) + (keys.number('attention.value_length') ?? perHead)
  return Array.from({ length: blocks }, (_, block) => (keyValueHeads[block] ?? heads[block] ?? heads[0] ?? 0) * width)
}

/** The pattern is a list of yes and no, or every how manieth block sees everything. Where the file gives none, all blocks are taken to see everything. */
function windowsOf(keys: ShapeKeys, blocks: number): (number | null)[] {
  const window = keys.number('attention.sliding_window') ?? 0
  const pattern = keys.numbers('attention.sliding_window_pattern', 1)
  const [every = 0] = pattern
  const slides = (block: number): boolean => (pattern.length > 1 ? pattern[block] === 1 : every > 1 && (block + 1) % every !== 0)
  return Array.from({ length: blocks }, (_, block) => (window > 0 && slides(block) ? window : null))
}

function stateBytes(keys: ShapeKeys, blocks: number): number {
  const inner = keys.number('ssm.inner_size') ?? 0
  return blocks * inner * ((keys.number('ssm.state_size') ?? 0) + (keys.number('ssm.conv_kernel') ?? 0)) * 4
}
