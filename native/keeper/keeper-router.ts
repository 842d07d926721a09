import { implement } from '@orpc/server'
import { mapErrors } from '#shared/map-errors.ts'
import { keeper } from './contract.ts'
import { check, copy, pack, rekey } from './database-work.ts'

export function keeperRouter() {
  const os = implement(keeper).use(mapErrors)
  return os.router({
    copy: os.copy.handler(({ input }) => {
      copy(input.from, input.to)
    }),
    pack: os.pack.handler(({ input }) => pack(input.from, input.key, input.to)),
    rekey: os.rekey.handler(({ input }) => {
      rekey(input.from, input.key, input.to, input.newKey, input.tables)
    }),
    check: os.check.handler(({ input }) => check(input.path, input.key)),
  })
}
