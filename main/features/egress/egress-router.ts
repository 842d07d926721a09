import { implement } from '@orpc/server'
import { egress as contract } from '#shared/contract/egress.ts'
import type { EgressService } from './egress-service.ts'

export function egressRouter(service: EgressService) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
    setMode: os.setMode.handler(({ input }) => service.setMode(input.mode)),
    grant: os.grant.handler(({ input }) => service.grant(input)),
    revoke: os.revoke.handler(({ input }) => service.revoke(input.id)),
    answer: os.answer.handler(({ input }) => service.answer(input.id, input.answer)),
    check: os.check.handler(({ input }) => service.check(input.url, input.feature)),
    try: os.try.handler(async ({ input, signal }) => await service.try(input.url, signal)),
    report: os.report.handler(({ input }) => service.report(input)),
  })
}
