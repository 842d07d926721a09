import { implement } from '@orpc/server'
import { models as contract } from '#shared/contract/models.ts'
import type { ModelsService } from './models-service.ts'

export function modelsRouter(service: ModelsService) {
  const os = implement(contract)
  return os.router({
    list: os.list.handler(() => service.list()),
    add: os.add.handler(({ input }) => service.add(input.path)),
    remove: os.remove.handler(({ input }) => service.remove(input.id)),
    load: os.load.handler(({ input }) => service.load(input.id)),
    unload: os.unload.handler(() => service.unload()),
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
  })
}
