import { implement } from '@orpc/server'
import { selfTest as contract } from '#shared/contract/self-test.ts'
import type { SelfTestService } from './self-test-service.ts'

export function selfTestRouter(service: SelfTestService) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
    run: os.run.handler(({ input, signal }) => service.run(input.isPage, signal)),
    attend: os.attend.handler(({ signal }) => service.attend(signal)),
    answer: os.answer.handler(({ input }) => service.answer(input.runId, input.findings)),
    save: os.save.handler(({ input }) => service.save(input.path)),
    report: os.report.handler(() => service.report()),
  })
}
