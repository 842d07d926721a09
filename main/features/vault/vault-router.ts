import { implement } from '@orpc/server'
import { vault as contract } from '#shared/contract/vault.ts'
import type { VaultService } from './vault-service.ts'

export function vaultRouter(service: VaultService) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
    unlock: os.unlock.handler(({ input }) => service.unlock(input.passphrase)),
    recover: os.recover.handler(({ input }) => service.recover(input.recoveryCode)),
    tryKeychain: os.tryKeychain.handler(() => service.tryKeychain()),
    lock: os.lock.handler(() => service.lock()),
    setPassphrase: os.setPassphrase.handler(({ input }) => service.setPassphrase(input.passphrase, input.current)),
    makeRecoveryCode: os.makeRecoveryCode.handler(() => service.makeRecoveryCode()),
    useKeychain: os.useKeychain.handler(() => service.useKeychain()),
    removeSlot: os.removeSlot.handler(({ input }) => service.removeSlot(input.kind)),
    rotate: os.rotate.handler(({ input }) => service.rotate(input.passphrase)),
  })
}
