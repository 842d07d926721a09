import { implement } from '@orpc/server'
import { modelServer as contract } from '#shared/contract/model-server.ts'
import type { ModelServerService } from './model-server-service.ts'

export function modelServerRouter(service: ModelServerService) {
  const os = implement(contract)
  return os.router({
    status: os.status.handler(() => service.state),
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
    turnOn: os.turnOn.handler(() => service.turnOn()),
    turnOff: os.turnOff.handler(() => service.turnOff()),
    listClients: os.listClients.handler(() => service.listClients()),
    createClient: os.createClient.handler(({ input }) => service.createClient(input)),
    revokeClient: os.revokeClient.handler(({ input }) => service.revokeClient(input.id)),
  })
}
