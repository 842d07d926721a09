import { AppError } from '#shared/errors.ts'

const allowed = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Throws SECRET_NAME_INVALID. The name itself stands in no error: somebody may have typed the value in its place. */
export function checkSecretName(name: string, looksSecret: (text: string) => boolean): void {
  if (!allowed.test(name)) throw new AppError('SECRET_NAME_INVALID', { reason: 'A name has up to 64 letters, digits, dots, hyphens and underscores, and begins with a letter or digit' })
  if (looksSecret(name)) throw new AppError('SECRET_NAME_INVALID', { reason: 'What was given as the name looks like a secret itself' })
}
