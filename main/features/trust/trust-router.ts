import { implement } from '@orpc/server'
import { trust as contract } from '#shared/contract/trust.ts'
import type { TrustService } from './trust-service.ts'

export function trustRouter(service: TrustService) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ input, signal }) => service.watch(input.workspaceId, signal)),
    review: os.review.handler(({ input }) => service.review(input.workspaceId)),
    grant: os.grant.handler(({ input }) => service.grant(input.workspaceId, input.scope)),
    list: os.list.handler(() => service.list()),
    revokePath: os.revokePath.handler(({ input }) => service.revokePath(input.path)),
    revoke: os.revoke.handler(({ input }) => service.revoke(input.workspaceId)),
  })
}
