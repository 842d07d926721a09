import { implement } from '@orpc/server'
import { secrets as contract } from '#shared/contract/secrets.ts'
import type { SecretsService } from './secrets-service.ts'

export function secretsRouter(service: SecretsService) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
    add: os.add.handler(({ input }) => service.add(input)),
    rotate: os.rotate.handler(({ input }) => service.rotate(input.name, input.value)),
    setExpiry: os.setExpiry.handler(({ input }) => service.setExpiry(input.name, input.expiresAt)),
    delete: os.delete.handler(({ input }) => service.delete(input.name)),
    history: os.history.handler(({ input }) => service.history(input.name)),
  })
}
