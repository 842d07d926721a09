import { connect } from 'node:net'
import type { EgressMode } from '../../main/shared/contract/egress.ts'
import { FakeAudit } from '../../main/platform/audit/fake-audit.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLedger } from '../../main/platform/ledger/fake-ledger.ts'
import { EgressQuestions } from '../../main/platform/network/egress-questions.ts'
import { EgressRules } from '../../main/platform/network/egress-rules.ts'
import { GuardedDoor } from '../../main/platform/network/guarded-door.ts'
import type { Secrets } from '../../main/platform/secrets/secrets.ts'
import { Redactor } from '../../main/platform/redaction/redactor.ts'
import { openFakeStorage } from '../../main/platform/storage/fake-storage.ts'

/** The real door with rules of its own, open to these ports of this machine. */
export function openDoorTo(ports: readonly number[], { mode = 'offline', secrets }: { mode?: EgressMode; secrets?: Secrets } = {}) {
  const audit = new FakeAudit()
  const ledger = new FakeLedger()
  const rules = new EgressRules({ storage: openFakeStorage(), clock: systemClock, audit })
  rules.setMode(mode)
  for (const port of ports) rules.grant({ feature: 'models', host: `127.0.0.1:${port}`, isLocal: true })
  const door = new GuardedDoor({
    ...{ rules, ledger, audit, questions: new EgressQuestions(systemClock), redactor: new Redactor() },
    ...(secrets ? { secrets } : {}),
    resolve: () => Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' })),
    dial: (address, port) => connect({ host: address, port }),
  })
  return { door, rules, ledger, audit, dispose: () => door.dispose() }
}
