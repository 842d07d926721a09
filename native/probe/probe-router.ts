import { readFile } from 'node:fs/promises'
import { implement } from '@orpc/server'
import { mapErrors } from '#shared/map-errors.ts'
import { attemptAll, errorCode } from './attempts.ts'
import { probe } from './contract.ts'
import { Sinks } from './sinks.ts'

export function probeRouter() {
  const os = implement(probe).use(mapErrors)
  const sinks = new Sinks()
  return os.router({
    listen: os.listen.handler(async ({ input: { interfaceAddress } }) => {
      const opened = [await sinks.open('loopback', '127.0.0.1'), interfaceAddress === null ? null : await sinks.open('interface', interfaceAddress)]
      return opened.filter(sink => sink !== null)
    }),
    take: os.take.handler(() => sinks.take()),
    attempt: os.attempt.handler(({ input }) => attemptAll(input.sinks, process.execPath)),
    read: os.read.handler(async ({ input }) => {
      try {
        return { bytes: (await readFile(input.path)).length }
      } catch (error) {
        return { refused: errorCode(error) }
      }
    }),
  })
}
