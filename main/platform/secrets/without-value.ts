import { isAppError } from '#shared/errors.ts'

/** What was thrown, unless it says the value: then an error that says only that. Messages, stacks and causes are looked through. */
export function withoutValue(error: unknown, value: Buffer): unknown {
  const text = value.toString('utf8')
  return says(error, text, 0) ? new Error(`A use of a secret failed with ${isAppError(error) ? error.code : nameOf(error)}`) : error
}

const deepest = 6

function says(thing: unknown, text: string, depth: number): boolean {
  if (typeof thing === 'string') return thing.includes(text)
  if (typeof thing !== 'object' || thing === null || depth > deepest) return false
  if (thing instanceof Uint8Array) return Buffer.from(thing.buffer, thing.byteOffset, thing.length).includes(text)
  // `message`, `stack` and `cause` of an error are its own properties but not enumerable ones.
  return Object.getOwnPropertyNames(thing).some(key => says(Reflect.get(thing, key), text, depth + 1))
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
