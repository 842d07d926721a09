import { implement } from '@orpc/server'
import { workspaces as contract } from '#shared/contract/workspaces.ts'
import type { WorkspacesService } from './workspaces-service.ts'

export function workspacesRouter(service: WorkspacesService) {
  const os = implement(contract)
  return os.router({
    open: os.open.handler(({ input }) => service.open(input.path)),
    get: os.get.handler(({ input }) => service.get(input.workspaceId)),
    recent: os.recent.handler(() => service.recent()),
    forget: os.forget.handler(({ input }) => service.forget(input.path)),
    browse: os.browse.handler(({ input }) => service.browse(input.path)),
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
  })
}
