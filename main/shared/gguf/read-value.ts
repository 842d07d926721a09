import type { ByteCursor } from './byte-cursor.ts'
import { quoted } from './quoted.ts'
import type { VocabularyScan } from './vocabulary.ts'

const numberTypes = {
  0: { type: 'u8', bytes: 1 },
  1: { type: 'i8', bytes: 1 },
  2: { type: 'u16', bytes: 2 },
  3: { type: 'i16', bytes: 2 },
  4: { type: 'u32', bytes: 4 },
  5: { type: 'i32', bytes: 4 },
  6: { type: 'f32', bytes: 4 },
  10: { type: 'u64', bytes: 8 },
  11: { type: 'i64', bytes: 8 },
  12: { type: 'f64', bytes: 8 },
} as const

type NumberType = (typeof numberTypes)[keyof typeof numberTypes]['type']

export type GgufValue =
  | { type: NumberType; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  /** Long arrays keep their length only: `head` holds up to 1,024 numbers, of strings none. */
  | { type: 'array'; of: NumberType | 'bool' | 'string'; length: number; head: readonly number[] }

const boolType = 7
const stringType = 8
const arrayType = 9
const limits = { stringBytes: 4 << 20, keptNumbers: 1024 }

export async function readValue(cursor: ByteCursor, key: string, vocabulary: VocabularyScan | null): Promise<GgufValue> {
  const what = `the value of ${quoted(key)}`
  await cursor.need(4, what)
  const kind = cursor.u32()
  if (kind === arrayType) return readArray(cursor, key, what, vocabulary)
  if (kind === boolType) {
    await cursor.need(1, what)
    return { type: 'bool', value: cursor.u8() !== 0 }
  }
  if (kind === stringType) {
    await cursor.need(8, what)
    const length = boundedLength(cursor, cursor.u64(), what)
    await cursor.need(length, what)
    return { type: 'string', value: cursor.text(length) }
  }
  const { type, bytes } = numberTypeOf(cursor, kind, key)
  await cursor.need(bytes, what)
  return { type, value: cursor[type]() }
}

async function readArray(cursor: ByteCursor, key: string, what: string, vocabulary: VocabularyScan | null): Promise<GgufValue> {
  await cursor.need(12, what)
  const kind = cursor.u32()
  const length = cursor.u64()
  if (kind === arrayType) cursor.fail(`The value of ${quoted(key)} is an array of arrays.`)
  if (kind === stringType) {
    await readStrings(cursor, length, what, vocabulary)
    return { type: 'array', of: 'string', length, head: [] }
  }
  const { type, bytes } = kind === boolType ? { type: 'bool' as const, bytes: 1 } : numberTypeOf(cursor, kind, key)
  if (!Number.isSafeInteger(length * bytes)) cursor.fail(`The value of ${quoted(key)} claims ${length} entries.`)
  const kept = Math.min(length, limits.keptNumbers)
  await cursor.need(kept * bytes, what)
  const head = Array.from({ length: kept }, type === 'bool' ? cursor.u8 : cursor[type])
  cursor.skip((length - kept) * bytes, what)
  return { type: 'array', of: type, length, head }
}

async function readStrings(cursor: ByteCursor, count: number, what: string, vocabulary: VocabularyScan | null): Promise<void> {
  for (let index = 0; index < count; index++) {
    if (!cursor.holds(8)) await cursor.need(8, what)
    const length = boundedLength(cursor, cursor.u64(), what)
    if (!vocabulary) {
      cursor.skip(length, what)
      continue
    }
    if (!cursor.holds(length)) await cursor.need(length, what)
    vocabulary.take(index, cursor.text(length))
  }
}

function boundedLength(cursor: ByteCursor, length: number, what: string): number {
  if (length > limits.stringBytes) cursor.fail(`A string in ${what} claims ${length} bytes; ${limits.stringBytes} is the most that is accepted.`)
  return length
}

function numberTypeOf(cursor: ByteCursor, kind: number, key: string) {
  // The key is only looked up; whatever is not among the types comes back undefined.
  const found = (numberTypes as Record<number, (typeof numberTypes)[keyof typeof numberTypes]>)[kind]
  return found ?? cursor.fail(`The value of ${quoted(key)} has the unknown type ${kind}.`)
}
