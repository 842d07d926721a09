import type { ByteCursor } from './byte-cursor.ts'
import { quoted } from './quoted.ts'
import { tensorTypes } from './tensor-types.ts'

export interface GgufTensor {
  name: string
  type: string
  dimensions: readonly number[]
  weights: number
  bytes: number
  /** From the start of the data, not of the file. */
  offset: number
}

// llama.cpp's own limits: GGML_MAX_NAME with its closing zero, GGML_MAX_DIMS.
const limits = { nameBytes: 63, dimensions: 4 }

export async function readTensors(cursor: ByteCursor, count: number, alignment: number, fileBytes: number): Promise<GgufTensor[]> {
  const names = new Set<string>()
  const tensors: GgufTensor[] = []
  let expectedOffset = 0
  for (let index = 0; index < count; index++) {
    const tensor = await readTensor(cursor)
    if (names.has(tensor.name)) cursor.fail(`The tensor ${quoted(tensor.name)} stands in the file twice.`)
    if (tensor.offset !== expectedOffset) cursor.fail(`The tensor ${quoted(tensor.name)} does not follow the one before it.`)
    names.add(tensor.name)
    tensors.push(tensor)
    expectedOffset = padded(tensor.offset + tensor.bytes, alignment)
  }
  const dataStart = padded(cursor.position, alignment)
  const last = tensors.at(-1)
  const end = dataStart + (last ? last.offset + last.bytes : 0)
  if (end > fileBytes) cursor.fail(`Its tensors need ${end} bytes and the file has ${fileBytes}: it was cut off.`)
  return tensors
}

async function readTensor(cursor: ByteCursor): Promise<GgufTensor> {
  await cursor.need(8, 'the list of tensors')
  const nameLength = cursor.u64()
  if (nameLength === 0 || nameLength > limits.nameBytes) cursor.fail(`The name of a tensor is ${nameLength} bytes long; 1 to ${limits.nameBytes} are accepted.`)
  await cursor.need(nameLength + 4, 'the list of tensors')
  const name = cursor.text(nameLength)
  const dimensionCount = cursor.u32()
  if (dimensionCount > limits.dimensions) cursor.fail(`The tensor ${quoted(name)} claims ${dimensionCount} dimensions; ${limits.dimensions} is the most there can be.`)
  await cursor.need(dimensionCount * 8 + 12, 'the list of tensors')
  const dimensions = Array.from({ length: dimensionCount }, cursor.u64)
  const type = tensorTypes.get(cursor.u32())
  const offset = cursor.u64()
  if (!type) return cursor.fail(`The tensor ${quoted(name)} has an unknown or withdrawn type.`)
  const rowWeights = dimensions[0] ?? 1
  if (rowWeights % type.blockWeights !== 0) cursor.fail(`The rows of the tensor ${quoted(name)} do not divide into blocks of ${type.blockWeights}.`)
  const weights = dimensions.reduce((product, size) => product * size, 1)
  const bytes = (weights / type.blockWeights) * type.blockBytes
  if (weights === 0 || !Number.isSafeInteger(weights) || !Number.isSafeInteger(bytes) || !Number.isSafeInteger(offset))
    cursor.fail(`The size of the tensor ${quoted(name)} is impossible.`)
  return { name, type: type.name, dimensions, weights, bytes, offset }
}

function padded(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment
}
