import { ByteCursor, type GgufSource } from './byte-cursor.ts'
import { quoted } from './quoted.ts'
import { readTensors, type GgufTensor } from './read-tensors.ts'
import { readValue, type GgufValue } from './read-value.ts'
import { VocabularyScan } from './vocabulary.ts'

export interface GgufHeader {
  version: number
  values: ReadonlyMap<string, GgufValue>
  tensors: readonly GgufTensor[]
  vocabulary: VocabularyScan
  /** Bytes before the tensors' data. */
  headerBytes: number
}

const limits = { keys: 10_000, keyBytes: 4096, tensors: 20_000, alignment: 1 << 16 }

/**
 * Reads and checks the header of a GGUF file, versions 2 and 3, without trusting a byte of it: every count and length is bounded before it is used,
 * and every tensor must lie inside the file. Throws MODEL_FILE_INVALID with a plain reason; whatever the source's `read` throws passes through.
 */
export async function readGgufHeader(source: GgufSource): Promise<GgufHeader> {
  const cursor = new ByteCursor(source)
  const { version, tensorCount, keyCount } = await readCounts(cursor)
  const values = new Map<string, GgufValue>()
  const vocabulary = new VocabularyScan()
  for (let index = 0; index < keyCount; index++) {
    const key = await readKey(cursor)
    if (values.has(key)) cursor.fail(`The key ${quoted(key)} stands in the file twice.`)
    values.set(key, await readValue(cursor, key, key === vocabulary.key ? vocabulary : null))
  }
  const alignment = alignmentOf(cursor, values)
  const tensors = await readTensors(cursor, tensorCount, alignment, source.sizeBytes)
  return { version, values, tensors, vocabulary, headerBytes: cursor.position }
}

async function readCounts(cursor: ByteCursor): Promise<{ version: number; tensorCount: number; keyCount: number }> {
  await cursor.need(4, 'its first four bytes')
  if (cursor.text(4) !== 'GGUF') cursor.fail('It is not a GGUF file.')
  await cursor.need(20, 'its counts')
  const version = cursor.u32()
  if (version !== 0 && (version & 0xffff) === 0) cursor.fail('It was written for a big-endian machine.')
  if (version !== 2 && version !== 3) cursor.fail(`GGUF version ${version} is not known; 2 and 3 are.`)
  const tensorCount = cursor.u64()
  const keyCount = cursor.u64()
  if (tensorCount > limits.tensors) cursor.fail(`It claims ${tensorCount} tensors; ${limits.tensors} is the most that is accepted.`)
  if (tensorCount === 0) cursor.fail('It holds no tensors.')
  if (keyCount > limits.keys) cursor.fail(`It claims ${keyCount} metadata keys; ${limits.keys} is the most that is accepted.`)
  return { version, tensorCount, keyCount }
}

async function readKey(cursor: ByteCursor): Promise<string> {
  await cursor.need(8, 'a metadata key')
  const length = cursor.u64()
  if (length === 0 || length > limits.keyBytes) cursor.fail(`A metadata key is ${length} bytes long; 1 to ${limits.keyBytes} are accepted.`)
  await cursor.need(length, 'a metadata key')
  return cursor.text(length)
}

function alignmentOf(cursor: ByteCursor, values: ReadonlyMap<string, GgufValue>): number {
  const value = values.get('general.alignment')
  if (!value) return 32
  const alignment = value.type === 'u32' ? value.value : -1
  if (alignment < 1 || alignment > limits.alignment || (alignment & (alignment - 1)) !== 0) cursor.fail(`Its alignment is not a power of two up to ${limits.alignment}.`)
  return alignment
}
