import { errorWords, isAbort } from './error-words.ts'
import { notify } from './notices.ts'

/** For a failed action that has no place of its own to say so. */
export function reportFailure(error: unknown): void {
  if (isAbort(error)) return
  const { what, why, next } = errorWords(error)
  notify({ tone: 'error', text: [what, why, next].filter(Boolean).join(' ') })
}
