export type Random = () => number

/** Numbers from 0 to 1 that are the same for the same seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const extremes = [0n, 1n, 0x7fn, 0xffn, 0x7fffffffn, 0xffffffffn, 0x100000000n, 0x7fffffffffffffffn, 0x8000000000000000n, 0xffffffffffffffffn]

/** One to three wounds in the first `headerBytes` of a file: flipped bits, extreme numbers, cuts, copies and gaps. */
export function mutateHeader(original: Buffer, headerBytes: number, random: Random): Buffer {
  let bytes = Buffer.from(original)
  const wounds = 1 + Math.floor(random() * 3)
  for (let wound = 0; wound < wounds; wound++) bytes = wounded(bytes, headerBytes, random)
  return bytes
}

function wounded(bytes: Buffer<ArrayBuffer>, headerBytes: number, random: Random): Buffer<ArrayBuffer> {
  const whole = (most: number): number => Math.floor(random() * most)
  // Half of all wounds fall on the first keys, where every byte has a meaning.
  const reach = Math.min(bytes.length, random() < 0.5 ? 1500 : headerBytes)
  const at = whole(Math.max(1, reach - 8))
  const extreme = extremes[whole(extremes.length)] ?? 0n
  switch (whole(7)) {
    case 0:
      if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << whole(8))
      return bytes
    case 1:
      if (bytes.length >= at + 8) bytes.writeBigUInt64LE(extreme, at)
      return bytes
    case 2:
      if (bytes.length >= at + 4) bytes.writeUInt32LE(Number(extreme & 0xffffffffn), at)
      return bytes
    case 3:
      return bytes.subarray(0, at)
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + whole(64)), bytes.subarray(at)])
    case 5:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + whole(32)))])
    default:
      return bytes.fill(whole(256), at, Math.min(bytes.length, at + whole(32)))
  }
}
