import { implement } from '@orpc/server'
import { labels as contract } from '#shared/contract/labels.ts'
import type { LabelsService } from './labels-service.ts'

export function labelsRouter(service: LabelsService) {
  const os = implement(contract)
  return os.router({
    labelOf: os.labelOf.handler(({ input }) => service.labelOf(input.workspaceId, input.paths)),
    explain: os.explain.handler(({ input }) => service.explain(input)),
    watch: os.watch.handler(({ input, signal }) => service.watch(input.workspaceId, signal)),
  })
}
