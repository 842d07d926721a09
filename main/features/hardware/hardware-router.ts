import { implement } from '@orpc/server'
import { hardware as contract } from '#shared/contract/hardware.ts'
import type { HardwareService } from './hardware-service.ts'

export function hardwareRouter(service: HardwareService) {
  const os = implement(contract)
  return os.router({
    get: os.get.handler(() => service.get()),
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
    measure: os.measure.handler(() => service.measure()),
  })
}
