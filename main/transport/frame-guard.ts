const mostCharacters = 128 * 1024 * 1024
const mostIdCharacters = 64
const mostUrlCharacters = 1024
const requestType = 1
const abortType = 4

/** A frame of the RPC protocol, already parsed. */
export interface Frame {
  i: string | number
  t?: number
  p?: unknown
}

const isPlainObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function isRequest(payload: unknown): boolean {
  if (!isPlainObject(payload)) return false
  const { u: url, h: headers, m: method } = payload
  if (typeof url !== 'string' || !url.startsWith('/') || url.length > mostUrlCharacters) return false
  if (method !== undefined && method !== 'POST' && method !== 'GET') return false
  return headers === undefined || (isPlainObject(headers) && Object.values(headers).every(value => typeof value === 'string'))
}

/**
 * Reads one frame from outside, or gives null for anything that no client of ours would send.
 * Only text frames pass: an object off a message port could hold cycles, and no procedure takes binary bodies.
 */
export function readFrame(data: unknown): Frame | null {
  if (typeof data !== 'string' || data.length > mostCharacters) return null
  let frame: unknown
  try {
    frame = JSON.parse(data)
  } catch {
    return null
  }
  if (!isPlainObject(frame)) return null
  const { i: id, t: type, p: payload } = frame
  if (typeof id === 'string' ? id.length === 0 || id.length > mostIdCharacters : !Number.isSafeInteger(id)) return null
  const isKnown = type === abortType || ((type === undefined || type === requestType) && isRequest(payload))
  // The checks above are what makes this a Frame.
  return isKnown ? (frame as unknown as Frame) : null
}
