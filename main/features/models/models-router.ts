import { implement } from '@orpc/server'
import { models as contract } from '#shared/contract/models.ts'
import type { ModelsService } from './models-service.ts'

export function modelsRouter(service: ModelsService) {
  const os = implement(contract)
  return os.router({
    list: os.list.handler(() => service.list()),
    add: os.add.handler(({ input }) => service.add(input.path)),
    remove: os.remove.handler(({ input }) => service.remove(input.id)),
    plan: os.plan.handler(({ input }) => service.plan(input.id, input.options)),
    load: os.load.handler(({ input: { id, ...how } }) => service.load(id, how)),
    unload: os.unload.handler(({ input }) => service.unload(input?.id)),
    pin: os.pin.handler(({ input }) => service.pin(input.id, input.isPinned)),
    setRole: os.setRole.handler(({ input }) => service.setRole(input.role, input.id)),
    options: os.options.handler(({ input }) => service.options(input.id)),
    configure: os.configure.handler(({ input }) => service.configure(input.id, input.options)),
    presets: os.presets.handler(() => service.presets()),
    savePreset: os.savePreset.handler(({ input }) => service.savePreset(input)),
    removePreset: os.removePreset.handler(({ input }) => service.removePreset(input.id)),
    benchmark: os.benchmark.handler(({ input, signal }) => service.benchmark(input, signal)),
    benchmarks: os.benchmarks.handler(() => service.benchmarks()),
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
  })
}
