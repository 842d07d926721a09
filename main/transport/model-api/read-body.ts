import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { ApiError } from './api-error.ts'
import { misfitWords } from './misfit-words.ts'

const largestBodyBytes = 16 * 1024 * 1024
/** Of one that is too large, so much is read to be dropped: a caller that is cut off while it sends would not see the answer. */
const mostDroppedBytes = 64 * 1024 * 1024
/** Of all requests that are being read. */
const largestSumBytes = 256 * 1024 * 1024
/** What is nested deeper could not be handed to the model's process. */
const deepest = 100

let sum = 0

/** The JSON of a request; an empty body is an empty object. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') throw new ApiError('invalid', `A body in the encoding “${encoding.slice(0, 40)}” cannot be read. Send it as it is.`)
  if (Number(request.headers['content-length'] ?? 0) > mostDroppedBytes) throw tooLarge()
  const text = await readText(request)
  if (text.trim() === '') return {}
  let body: unknown
  try {
    if (isTooDeep(text)) throw new ApiError('invalid', `The body is nested more than ${deepest} levels deep.`)
    body = JSON.parse(text)
  } catch (error) {
    // The parser's own words would quote the body.
    throw error instanceof ApiError ? error : new ApiError('invalid', 'The body is not valid JSON. Send one JSON object.')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new ApiError('invalid', 'The body is not a JSON object. Send one JSON object.')
  return body
}

function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  let held = 0
  let problem: ApiError | null = null
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const drop = (): void => {
    chunks.length = 0
    sum -= held
    held = 0
  }
  request.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (problem) {
      if (bytes > mostDroppedBytes) reject(problem)
      return
    }
    chunks.push(piece)
    held += piece.length
    sum += piece.length
    if (bytes > largestBodyBytes) problem = tooLarge()
    else if (sum > largestSumBytes) problem = new ApiError('busy', 'Too many large requests come in at once. Try again in a moment.', { retrySeconds: 1 })
    if (problem) drop()
  })
  request.on('end', () => {
    if (problem) reject(problem)
    else resolve(new TextDecoder().decode(Buffer.concat(chunks)))
  })
  request.on('error', reject)
  request.on('close', () => reject(new DOMException('The caller has left', 'AbortError')))
  return promise.finally(drop)
}

function tooLarge(): ApiError {
  return new ApiError('too-large', `The body is larger than ${largestBodyBytes / 1024 / 1024} MiB. Send less at once.`)
}

function isTooDeep(text: string): boolean {
  let depth = 0
  let isString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isString) {
      if (code === 92) index++
      else if (code === 34) isString = false
    } else if (code === 34) isString = true
    else if (code === 91 || code === 123) {
      if (++depth > deepest) return true
    } else if (code === 93 || code === 125) depth--
  }
  return false
}

/** Throws what the first thing that does not fit is, by its place in the body; never its content. */
export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (!issue) throw new ApiError('invalid', 'The body does not fit.')
  const { param, words } = misfitWords(issue, body)
  throw new ApiError('invalid', words, { param: param === '' ? null : param })
}
