import { implement } from '@orpc/server'
import { doctor as contract } from '#shared/contract/doctor.ts'
import type { DoctorService } from './doctor-service.ts'

export function doctorRouter(service: DoctorService) {
  const os = implement(contract)
  return os.router({ check: os.check.handler(() => service.check()) })
}
