import { isAppError } from '#shared/errors.ts'
import { unconfined } from '../workers/confinement.ts'
import type { Keychain } from './keychain.ts'

/** The first keychain, and where that is absent the second: never both for one secret. */
export function firstKeychain(first: Keychain, second: Keychain): Keychain {
  const orSecond = async <T>(ask: (keychain: Keychain) => Promise<T>): Promise<T> => {
    try {
      return await ask(first)
    } catch (error) {
      if (isAppError(error) && error.code === 'KEYCHAIN_UNAVAILABLE' && 'reason' in error.data && error.data.reason === 'absent') return await ask(second)
      throw error
    }
  }
  return {
    ...(first.confinement ? { confinement: () => first.confinement?.() ?? unconfined } : {}),
    name: async call => (await first.name(call)) ?? (await second.name(call)),
    getPassword: (service, account, call) => orSecond(async keychain => await keychain.getPassword(service, account, call)),
    setPassword: (service, account, password, call) => orSecond(async keychain => { await keychain.setPassword(service, account, password, call) }),
    deletePassword: (service, account, call) => orSecond(async keychain => await keychain.deletePassword(service, account, call)),
  }
}
