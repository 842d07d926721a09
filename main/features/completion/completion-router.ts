import { implement } from '@orpc/server'
import { completion as contract } from '#shared/contract/completion.ts'
import type { CompletionService } from './completion-service.ts'

export function completionRouter(service: CompletionService) {
  const os = implement(contract)
  return os.router({ complete: os.complete.handler(({ input, signal }) => service.complete(input, signal)) })
}
