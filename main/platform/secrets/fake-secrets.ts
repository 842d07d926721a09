import { AppError } from '#shared/errors.ts'
import type { SecretPurpose, Secrets } from './secrets.ts'

/** Secrets by name in memory. */
export class FakeSecrets implements Secrets {
  readonly values = new Map<string, string>()
  readonly uses: (SecretPurpose & { name: string })[] = []

  async use<T>(name: string, purpose: SecretPurpose, work: (value: Buffer) => T | Promise<T>): Promise<T> {
    const value = this.values.get(name)
    if (value === undefined) throw new AppError('SECRET_NOT_FOUND', { name })
    this.uses.push({ name, ...purpose })
    return await work(Buffer.from(value))
  }
}
