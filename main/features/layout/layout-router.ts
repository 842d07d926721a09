import { implement } from '@orpc/server'
import { layout as contract } from '#shared/contract/layout.ts'
import type { LayoutService } from './layout-service.ts'

export function layoutRouter(service: LayoutService) {
  const os = implement(contract)
  return os.router({
    get: os.get.handler(({ input }) => service.get(input.workspaceId)),
    keep: os.keep.handler(({ input }) => service.keep(input.workspaceId, input.layout)),
  })
}
