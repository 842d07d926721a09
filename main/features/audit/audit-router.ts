import { implement } from '@orpc/server'
import { audit as contract } from '#shared/contract/audit.ts'
import type { AuditService } from './audit-service.ts'

export function auditRouter(service: AuditService) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
    query: os.query.handler(({ input }) => service.query(input)),
    verify: os.verify.handler(({ signal }) => service.verify(signal)),
    export: os.export.handler(({ input, signal }) => service.export(input, signal)),
    exportTo: os.exportTo.handler(async ({ input, signal }) => await service.exportTo(input, signal)),
    recordInsertion: os.recordInsertion.handler(({ input }) => {
      service.recordInsertion(input)
    }),
  })
}
