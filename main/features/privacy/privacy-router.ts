import { implement } from '@orpc/server'
import { privacy as contract } from '#shared/contract/privacy.ts'
import type { PrivacyService } from './privacy-service.ts'
import type { PrivacySummary } from './privacy-summary.ts'

export function privacyRouter(service: PrivacyService, summary: PrivacySummary) {
  const os = implement(contract)
  return os.router({ watch: os.watch.handler(({ signal }) => service.watch(signal)), summary: os.summary.handler(({ signal }) => summary.watch(signal)) })
}
