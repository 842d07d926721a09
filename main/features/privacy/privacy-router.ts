import { implement } from '@orpc/server'
import { privacy as contract } from '#shared/contract/privacy.ts'
import type { PrivacyService } from './privacy-service.ts'

export function privacyRouter(service: PrivacyService) {
  const os = implement(contract)
  return os.router({ watch: os.watch.handler(({ signal }) => service.watch(signal)) })
}
