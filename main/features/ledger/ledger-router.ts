import { implement } from '@orpc/server'
import { ledger as contract } from '#shared/contract/ledger.ts'
import type { LedgerService } from './ledger-service.ts'

export function ledgerRouter(service: LedgerService) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ input, signal }) => service.watch(input.limit, signal)),
    list: os.list.handler(({ input }) => service.list(input)),
    exportTo: os.exportTo.handler(async ({ input, signal }) => await service.exportTo(input, signal)),
    export: os.export.handler(({ input, signal }) => service.export(input, signal)),
  })
}
