import { implement } from '@orpc/server'
import { app as contract } from '#shared/contract/app.ts'
import type { AppService } from './app-service.ts'

export function appRouter(service: AppService) {
  const os = implement(contract)
  return os.router({
    info: os.info.handler(() => service.info()),
    pageState: os.pageState.handler(({ input }) => service.pageState(input.state)),
    leaveSafeMode: os.leaveSafeMode.handler(() => service.leaveSafeMode()),
  })
}
