import { implement } from '@orpc/server'
import { mapErrors } from '#shared/map-errors.ts'
import { pty } from './contract.ts'
import type { Terminals } from './terminals.ts'

export function ptyRouter(terminals: Terminals) {
  const os = implement(pty).use(mapErrors)
  return os.router({
    start: os.start.handler(({ input: { id, ...options } }) => terminals.start(id, options)),
    watchExits: os.watchExits.handler(({ signal }) => terminals.watchExits(signal)),
    attach: os.attach.handler(({ input, signal }) => terminals.get(input.id).attach(input.attachmentId, signal)),
    acknowledge: os.acknowledge.handler(({ input }) => terminals.acknowledge(input.id, input.attachmentId, input.position)),
    write: os.write.handler(({ input }) => terminals.get(input.id).write(input.data)),
    resize: os.resize.handler(({ input }) => terminals.get(input.id).resize(input.columns, input.rows)),
    close: os.close.handler(({ input }) => terminals.close(input.id)),
  })
}
