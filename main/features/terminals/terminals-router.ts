import { implement } from '@orpc/server'
import { terminals as contract } from '#shared/contract/terminals.ts'
import type { TerminalsService } from './terminals-service.ts'

export function terminalsRouter(service: TerminalsService) {
  const os = implement(contract)
  return os.router({
    create: os.create.handler(({ input }) => service.create(input)),
    watch: os.watch.handler(({ input, signal }) => service.watch(input.workspaceId, signal)),
    attach: os.attach.handler(({ input, signal }) => service.attach(input, signal)),
    acknowledge: os.acknowledge.handler(({ input }) => service.acknowledge(input)),
    write: os.write.handler(({ input }) => service.write(input)),
    resize: os.resize.handler(({ input }) => service.resize(input)),
    rename: os.rename.handler(({ input }) => service.rename(input)),
    close: os.close.handler(({ input }) => service.close(input)),
  })
}
