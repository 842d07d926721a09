import type { ErrorText } from '#shared/error-text.ts'

/** A command whose words are right by themselves and cannot be done with what they name. Ends the command with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly text: ErrorText
  constructor(text: ErrorText) {
    super(text.what)
    this.text = text
  }
}
