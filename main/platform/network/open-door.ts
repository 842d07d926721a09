import { selfTestAddress, selfTestName, type Sink } from '#shared/contract/self-test.ts'
import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../clock/clock.ts'
import { selfTester, type Ledger } from '../ledger/ledger.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Storage } from '../storage/storage.ts'
import { dial } from './dial.ts'
import { EgressQuestions } from './egress-questions.ts'
import { EgressRules } from './egress-rules.ts'
import { GuardedDoor } from './guarded-door.ts'
import { isHostGuarded, onGuardRefusal } from './host-guard.ts'
import { resolveName } from './system-resolver.ts'

interface Options {
  storage: Storage
  clock: Clock
  ledger: Ledger
  audit: Audit
  secrets: Secrets
  redactor: Redactor
}

/** The door with its rules, and the ledger told of what the host's guard refused. */
export function openDoor({ storage, clock, ledger, audit, secrets, redactor }: Options) {
  const rules = new EgressRules({ storage, clock, audit })
  const questions = new EgressQuestions(clock)
  const door = new GuardedDoor({ rules, questions, ledger, audit, secrets, redactor, resolve: resolveName, dial })
  /** What a self-test is trying to reach from this process, and nothing else of what is refused meanwhile. */
  let tried: ReadonlySet<string> = new Set()
  const stop = onGuardRefusal(({ why, target, port }) => {
    const who = tried.has(placeText(target, port)) ? selfTester : 'host'
    ledger.note({ kind: 'connection', who, why, target: target === '' ? 'not known' : target, ...(port === null ? {} : { port }), decision: 'refused', rule: 'not through the door' })
  })
  return {
    rules,
    questions,
    door,
    isHostGuarded,
    /** Has the ledger say of what `work` is refused at the sinks that a self-test asked. */
    async asSelfTest<T>(sinks: readonly Sink[], work: () => Promise<T>): Promise<T> {
      tried = new Set([selfTestName, selfTestAddress, ...sinks.flatMap(({ address, ports }) => Object.values(ports).map(port => placeText(address, port)))])
      try {
        return await work()
      } finally {
        tried = new Set()
      }
    },
    dispose(): void {
      stop()
      questions.refuseAll()
      door.dispose()
      rules.dispose()
    },
  }
}

function placeText(target: string, port: number | null): string {
  return port === null ? target : `${target}:${port}`
}
