import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { implement } from '@orpc/server'
import { AppError } from '#shared/errors.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { echo } from './echo-contract.ts'

export function echoRouter() {
  const os = implement(echo).use(mapErrors)
  return os.router({
    say: os.say.handler(({ input }) => input),
    count: os.count.handler(async function* ({ input, signal }) {
      for (let index = 0; index < input.to; index++) {
        yield index
        await sleep(input.milliseconds, undefined, signal ? { signal } : {})
      }
    }),
    environment: os.environment.handler(() => Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))),
    refuse: os.refuse.handler(() => {
      throw new AppError('MODEL_NOT_FOUND', { id: 'q' })
    }),
    refuseLate: os.refuseLate.handler(async function* () {
      yield 1
      throw new AppError('MODEL_NOT_FOUND', { id: 'q' })
    }),
    bug: os.bug.handler(() => {
      throw new Error('secret prompt')
    }),
    reject: os.reject.handler(async () => {
      setImmediate(() => void Promise.reject(new Error('secret prompt')))
      await sleep(10_000)
    }),
    hang: os.hang.handler(() => {
      for (;;);
    }),
    connect: os.connect.handler(
      ({ input }) =>
        new Promise<string>(resolve => {
          const socket = connect({ host: '127.0.0.1', port: input.port })
          socket.once('connect', () => resolve('connected'))
          socket.once('error', error => resolve('code' in error ? String(error.code) : error.message))
        }),
    ),
  })
}
