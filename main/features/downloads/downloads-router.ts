import { implement } from '@orpc/server'
import { downloads as contract } from '#shared/contract/downloads.ts'
import type { DownloadsService } from './downloads-service.ts'

export function downloadsRouter(service: DownloadsService) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
    list: os.list.handler(() => service.list()),
    plan: os.plan.handler(({ input }) => service.plan(input)),
    start: os.start.handler(({ input }) => service.begin(input)),
    pause: os.pause.handler(({ input }) => service.pause(input.id)),
    resume: os.resume.handler(({ input }) => service.resume(input.id)),
    cancel: os.cancel.handler(({ input }) => service.cancel(input.id)),
    remove: os.remove.handler(({ input }) => service.remove(input.id)),
    repository: os.repository.handler(({ input, signal }) => service.repository(input.repository, input.revision, signal)),
  })
}
