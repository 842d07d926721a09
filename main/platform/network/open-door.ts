import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../clock/clock.ts'
import type { Ledger } from '../ledger/ledger.ts'
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
  const stop = onGuardRefusal(({ why, target, port }) => {
    ledger.note({ kind: 'connection', who: 'host', why, target: target === '' ? 'not known' : target, ...(port === null ? {} : { port }), decision: 'refused', rule: 'not through the door' })
  })
  return {
    rules,
    questions,
    door,
    isHostGuarded,
    dispose(): void {
      stop()
      questions.refuseAll()
      door.dispose()
      rules.dispose()
    },
  }
}
