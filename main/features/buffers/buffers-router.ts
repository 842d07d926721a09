import { implement } from '@orpc/server'
import { buffers as contract } from '#shared/contract/buffers.ts'
import type { BuffersService } from './buffers-service.ts'

export function buffersRouter(service: BuffersService) {
  const os = implement(contract)
  return os.router({
    list: os.list.handler(({ input }) => service.list(input.workspaceId)),
    keep: os.keep.handler(({ input }) => service.keep(input, input)),
    discard: os.discard.handler(({ input }) => service.discard(input)),
  })
}
