/** Builds the parts of a GGUF header, for tests. */

export type Scalar = { u32: number } | { f32: number } | { text: string } | { bool: boolean } | { i32s: number[] } | { texts: string[] }

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

export function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([u64(bytes.length), bytes])
}

export function entry(key: string, value: Scalar): Buffer {
  return Buffer.concat([text(key), ...encoded(value)])
}

function encoded(value: Scalar): Buffer[] {
  if ('u32' in value) return [u32(4), u32(value.u32)]
  if ('bool' in value) return [u32(7), Buffer.from([value.bool ? 1 : 0])]
  if ('text' in value) return [u32(8), text(value.text)]
  if ('i32s' in value) return [u32(9), u32(5), u64(value.i32s.length), Buffer.from(Int32Array.from(value.i32s).buffer)]
  if ('texts' in value) return [u32(9), u32(8), u64(value.texts.length), ...value.texts.map(text)]
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value.f32)
  return [u32(6), bytes]
}

export interface TensorPlan {
  name: string
  dimensions: number[]
  type: 'F32' | 'Q8_0' | 'Q4_0'
}

const types = { F32: { id: 0, blockWeights: 1, blockBytes: 4 }, Q4_0: { id: 2, blockWeights: 32, blockBytes: 18 }, Q8_0: { id: 8, blockWeights: 32, blockBytes: 34 } }

export function tensorBytes({ dimensions, type }: TensorPlan): number {
  const { blockWeights, blockBytes } = types[type]
  return (dimensions.reduce((product, size) => product * size, 1) / blockWeights) * blockBytes
}

export function tensorInfo(plan: TensorPlan, offset: number): Buffer {
  return Buffer.concat([text(plan.name), u32(plan.dimensions.length), ...plan.dimensions.map(u64), u32(types[plan.type].id), u64(offset)])
}

export function header(entries: readonly Buffer[], tensors: readonly Buffer[], version = 3): Buffer {
  return Buffer.concat([Buffer.from('GGUF'), u32(version), u64(tensors.length), u64(entries.length), ...entries, ...tensors])
}

export function padding(length: number, alignment = 32): Buffer {
  return Buffer.alloc((alignment - (length % alignment)) % alignment)
}
