import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach } from 'vitest'
import type { EgressMode } from '#shared/contract/egress.ts'
import { AppError } from '#shared/errors.ts'
import { FakeAudit } from '../../main/platform/audit/fake-audit.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLedger } from '../../main/platform/ledger/fake-ledger.ts'
import { Redactor } from '../../main/platform/redaction/redactor.ts'
import { openFakeStorage } from '../../main/platform/storage/fake-storage.ts'
import { EgressQuestions } from '../../main/platform/network/egress-questions.ts'
import { EgressRules } from '../../main/platform/network/egress-rules.ts'
import { GuardedDoor } from '../../main/platform/network/guarded-door.ts'
import type { EgressRequest, EgressResponse } from '../../main/platform/network/network-door.ts'

/** Made up, of the form of a real one. */
export const token = `ghp_${'aB3d'.repeat(9)}`

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

const servers: Server[] = []
const doors: GuardedDoor[] = []
afterEach(async () => {
  doors.splice(0).forEach(door => door.dispose())
  await Promise.all(servers.splice(0).map(server => new Promise(resolve => ('closeAllConnections' in server && typeof server.closeAllConnections === 'function' ? server.closeAllConnections() : undefined, server.close(resolve)))))
})

export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}
export const serve = async (answer: Answer, host?: string): Promise<number> => await listen(createServer(answer), host)

/** A door whose addresses lead to servers on loopback, by the address that was dialled. */
export function openDoor({ mode = 'list', names = {}, ports = {}, questions = new EgressQuestions(systemClock) }: { mode?: EgressMode; names?: Record<string, string[]>; ports?: Record<string, number>; questions?: EgressQuestions } = {}) {
  const audit = new FakeAudit()
  const ledger = new FakeLedger()
  const rules = new EgressRules({ storage: openFakeStorage(), clock: systemClock, audit })
  rules.setMode(mode)
  const dialled: string[] = []
  const lookups: string[] = []
  const door = new GuardedDoor({
    rules,
    questions,
    ledger,
    audit,
    redactor: new Redactor(),
    resolve: async host => {
      lookups.push(host)
      const found = names[host]
      if (!found) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
      return found
    },
    dial: (address, port): Socket => {
      dialled.push(`${address} ${port}`)
      return ports[address] === undefined ? connect({ host: address, port }) : connect({ host: '127.0.0.1', port: ports[address] })
    },
  })
  doors.push(door)
  return { door, rules, ledger, audit, dialled, lookups, questions }
}

export const request = (url: string, more: Partial<EgressRequest> = {}): EgressRequest => ({ url, feature: 'models', why: 'a download', ...more })
export async function text({ body }: EgressResponse): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
export const fails = async (work: Promise<unknown>): Promise<[string, unknown]> =>
  await work.then(
    () => ['nothing failed', null],
    (error: unknown) => (error instanceof AppError ? [error.code, error.data] : [String(error), null]),
  )
