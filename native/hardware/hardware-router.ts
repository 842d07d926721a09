import { implement } from '@orpc/server'
import { mapErrors } from '#shared/map-errors.ts'
import { hardware } from './contract.ts'
import { lookAt } from './look-at.ts'
import { readBandwidth } from './read-bandwidth.ts'

export function hardwareRouter() {
  const os = implement(hardware).use(mapErrors)
  return os.router({
    look: os.look.handler(({ input }) => lookAt(input.backend)),
    bandwidth: os.bandwidth.handler(({ input, signal }) => readBandwidth(input, signal)),
  })
}
