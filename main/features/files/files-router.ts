import { implement } from '@orpc/server'
import { files as contract } from '#shared/contract/files.ts'
import type { FilesService } from './files-service.ts'

export function filesRouter(service: FilesService) {
  const os = implement(contract)
  return os.router({
    list: os.list.handler(({ input }) => service.list(input)),
    stat: os.stat.handler(({ input }) => service.stat(input)),
    read: os.read.handler(({ input }) => service.read(input)),
    write: os.write.handler(({ input }) => service.write(input)),
    create: os.create.handler(({ input }) => service.create(input)),
    move: os.move.handler(({ input }) => service.move(input)),
    trash: os.trash.handler(({ input }) => service.trash(input)),
    watch: os.watch.handler(({ input, signal }) => service.watch(input.workspaceId, signal)),
    find: os.find.handler(({ input, signal }) => service.find(input, signal)),
  })
}
