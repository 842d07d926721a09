import { implement } from '@orpc/server'
import { redaction as contract } from '#shared/contract/redaction.ts'
import type { RedactionService } from './redaction-service.ts'

export function redactionRouter(service: RedactionService) {
  const os = implement(contract)
  return os.router({
    test: os.test.handler(({ input }) => service.test(input.text, input.addresses)),
    addFalseAlarm: os.addFalseAlarm.handler(({ input }) => service.addFalseAlarm(input.kind, input.text)),
    listFalseAlarms: os.listFalseAlarms.handler(() => service.listFalseAlarms()),
    removeFalseAlarm: os.removeFalseAlarm.handler(({ input }) => service.removeFalseAlarm(input.id)),
  })
}
