/** `bytes 0-99/1000`; null for anything else, and where the total is not told. */
export function readContentRange(header: string | undefined): { start: number; end: number; total: number } | null {
  const [, start, end, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(header?.trim() ?? '') ?? []
  if (start === undefined || Number(end) < Number(start) || Number(end) >= Number(total)) return null
  return { start: Number(start), end: Number(end), total: Number(total) }
}

/** What `If-Range` may name a content by: a strong ETag, else the time of its last change; null where the server tells neither. */
export function validatorOf(headers: Readonly<Record<string, string>>): string | null {
  const { etag } = headers
  if (etag !== undefined && /^"[^"]{1,512}"$/.test(etag)) return etag
  return headers['last-modified']?.slice(0, 100) ?? null
}

/** Seconds of `Retry-After` in milliseconds, at most a minute; null where it does not say. */
export function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null
  const milliseconds = /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(milliseconds) ? Math.min(Math.max(milliseconds, 0), 60_000) : null
}
