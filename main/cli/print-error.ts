import { errorTextOf } from '#shared/error-text.ts'

/** Prints what happened, why and what to do, one line each, on stderr. */
export function printError(error: unknown): void {
  const { what, why, action } = errorTextOf(error)
  process.stderr.write(`${what}\n${why}\n${action}\n`)
}
