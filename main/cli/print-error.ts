import { errorTextOf } from '#shared/error-text.ts'
import { printableLines } from './printable.ts'
import { UsageError } from './usage-error.ts'

/** Prints what happened, why and what to do, one line each, on stderr. */
export function printError(error: unknown): void {
  const { what, why, action } = error instanceof UsageError ? error.text : errorTextOf(error)
  process.stderr.write(`${[what, why, action].map(printableLines).join('\n')}\n`)
}
