import { implement } from '@orpc/server'
import { logs as contract } from '#shared/contract/logs.ts'
import type { LogsService } from './logs-service.ts'

export function logsRouter(service: LogsService) {
  const os = implement(contract)
  return os.router({ watch: os.watch.handler(({ signal }) => service.watch(signal)) })
}
