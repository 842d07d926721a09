import type { FalseAlarm, RedactionFinding, RedactionTest } from '#shared/contract/redaction.ts'
import { AppError } from '#shared/errors.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { recordThenDo } from '../../platform/audit/record-then-do.ts'
import type { FalseAlarms } from '../../platform/redaction/false-alarms.ts'
import type { Redactor } from '../../platform/redaction/redactor.ts'
import type { Span } from '../../platform/redaction/span.ts'

const mostFindings = 2000

interface Dependencies {
  redactor: Redactor
  falseAlarms: FalseAlarms
  audit: Audit
}

/** Shows what is masked in a text, and takes a person's word for what is no secret. */
export class RedactionService {
  readonly #dependencies: Dependencies
  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  test(text: string, addresses: boolean): RedactionTest {
    const { text: masked, findings } = this.#dependencies.redactor.redact(text, { addresses })
    return { masked, count: findings.length, findings: places(text, findings.slice(0, mostFindings)) }
  }

  addFalseAlarm(kind: string, text: string): void {
    const { redactor, falseAlarms, audit } = this.#dependencies
    if (kind === 'own-secret' || redactor.known.detect(text).length > 0) throw new AppError('REDACTION_OWN_SECRET', {})
    recordThenDo(audit, { kind: 'redaction.false-alarm', actor: 'person', outcome: 'done', details: { finding: kind, length: text.length, masked: false } }, () => falseAlarms.add(kind, text))
  }

  listFalseAlarms(): FalseAlarm[] {
    return this.#dependencies.falseAlarms.list().map(({ id, kind, length, addedAt }) => ({ id, kind, length, addedAt }))
  }

  removeFalseAlarm(id: string): void {
    const { falseAlarms, audit } = this.#dependencies
    const alarm = falseAlarms.list().find(one => one.id === id)
    if (!alarm) return
    recordThenDo(audit, { kind: 'redaction.false-alarm', actor: 'person', outcome: 'done', details: { finding: alarm.kind, length: alarm.length, masked: true } }, () => falseAlarms.remove(id))
  }
}

function places(text: string, spans: readonly Span[]): RedactionFinding[] {
  let line = 1
  let lineStart = 0
  return spans.map(({ kind, start, end }) => {
    for (let next = text.indexOf('\n', lineStart); next >= 0 && next < start; next = text.indexOf('\n', lineStart)) {
      line++
      lineStart = next + 1
    }
    return { kind, line, column: start - lineStart + 1, start, length: end - start }
  })
}
