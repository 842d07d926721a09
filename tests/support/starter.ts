import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export const starterPath = resolve(import.meta.dirname, '../../resources/models/cortex-starter-8m-q8_0.gguf')

const sizes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 }

/** The starter's metadata as it stands in its file. */
export function starterEntries(pieces = Infinity): Map<string, Buffer> {
  return metadataEntries(starterPath, pieces)
}

/** A file's metadata as it stands there: key → the bytes of key, type and value; of its vocabulary the first `pieces`. */
export function metadataEntries(path: string, pieces = Infinity): Map<string, Buffer> {
  const file = readFileSync(path)
  const count = Number(file.readBigUInt64LE(16))
  const entries = new Map<string, Buffer>()
  let at = 24
  for (let index = 0; index < count; index++) {
    const start = at
    const key = file.toString('utf8', at + 8, at + 8 + Number(file.readBigUInt64LE(at)))
    at += 8 + Buffer.byteLength(key)
    const type = file.readUInt32LE(at)
    at = endOfValue(file, at + 4, type)
    const bytes = file.subarray(start, at)
    entries.set(key, vocabularyKeys.has(key) ? shortened(bytes, Buffer.byteLength(key) + 8, pieces) : bytes)
  }
  return entries
}

const vocabularyKeys = new Set(['tokenizer.ggml.tokens', 'tokenizer.ggml.scores', 'tokenizer.ggml.token_type'])

/** The first entries of an array; `at` is where the type of the value stands. */
function shortened(bytes: Buffer, at: number, most: number): Buffer {
  const of = bytes.readUInt32LE(at + 4)
  const length = Math.min(most, Number(bytes.readBigUInt64LE(at + 8)))
  let end = at + 16
  for (let index = 0; index < length; index++) end = endOfValue(bytes, end, of)
  const result = Buffer.from(bytes.subarray(0, end))
  result.writeBigUInt64LE(BigInt(length), at + 8)
  return result
}

function endOfValue(file: Buffer, at: number, type: number): number {
  if (type === 8) return at + 8 + Number(file.readBigUInt64LE(at))
  if (type !== 9) return at + (sizes[type] ?? 0)
  const of = file.readUInt32LE(at)
  const length = Number(file.readBigUInt64LE(at + 4))
  let end = at + 12
  if (of !== 8) return end + length * (sizes[of] ?? 0)
  for (let index = 0; index < length; index++) end = endOfValue(file, end, 8)
  return end
}
