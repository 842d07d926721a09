import { AppError } from '#shared/errors.ts'
import type { Keychain } from './keychain.ts'

async function absent(): Promise<never> {
  throw new AppError('KEYCHAIN_UNAVAILABLE', { reason: 'absent' })
}

/** Where there is no keychain, or `CORTEX_KEYCHAIN=off` says not to use it. */
export const absentKeychain: Keychain = {
  name: async () => null,
  getPassword: absent,
  setPassword: absent,
  deletePassword: absent,
}
