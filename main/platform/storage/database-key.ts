import { createHash } from 'node:crypto'

const saltBytes = 16

/** What the database file begins with when this key made it: tells a foreign key from a damaged file. */
export function saltOf(key: Buffer): Buffer {
  return createHash('sha256').update('cortex database salt').update(key).digest().subarray(0, saltBytes)
}
