import { implement } from '@orpc/server'
import { storage as contract } from '#shared/contract/storage.ts'
import type { EraseEverything } from './erase-everything.ts'
import type { StorageService } from './storage-service.ts'

export function storageRouter(service: StorageService, eraser: EraseEverything) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
    backUp: os.backUp.handler(() => service.backUp()),
    check: os.check.handler(async () => ({ problems: await service.check() })),
    restore: os.restore.handler(() => service.restore()),
    startAnew: os.startAnew.handler(() => service.startAnew()),
    dismissRestored: os.dismissRestored.handler(() => {
      service.dismissRestored()
    }),
    exportTo: os.exportTo.handler(({ input }) => service.exportTo(input.path, input.passphrase)),
    importFrom: os.importFrom.handler(({ input }) => service.importFrom(input.path, input.passphrase)),
    rekey: os.rekey.handler(() => service.rekey()),
    erase: os.erase.handler(() => eraser.erase()),
  })
}
