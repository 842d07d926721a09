import type { FileLabel } from '#shared/contract/labels.ts'
import { maySend } from '#shared/sensitivity.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import type { ContextGate, GateRequest, Judgement } from '../../platform/labels/context-gate.ts'
import type { Ledger } from '../../platform/ledger/ledger.ts'
import type { Log } from '../../platform/log/log.ts'
import type { LabelsService } from './labels-service.ts'

interface Dependencies {
  labels: Pick<LabelsService, 'explain' | 'secretSource'>
  audit: Audit
  ledger: Ledger
  log: Log
}

const reasons = { chat: 'file for a question', ask: 'file for a question', completion: 'text for a suggestion' } as const

/** The gate in force: labels decide, refusals and overrides are recorded. */
export class LabelGate implements ContextGate {
  readonly #dependencies: Dependencies
  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async judge<T extends { path: string; text: string }>(request: GateRequest<T>): Promise<(T & Judgement)[]> {
    const judged = await Promise.all(request.items.map(async item => ({ ...item, ...this.#decide(await this.#label(item, request), request) })))
    if (request.isRecorded) for (const item of judged) this.#record(item, request)
    return judged
  }

  /** By the path; and where the text is that of a secret file under another path, by that file. */
  async #label({ path, text }: { path: string; text: string }, { place, isRecorded, who }: Pick<GateRequest<never>, 'place' | 'isRecorded' | 'who'>): Promise<FileLabel> {
    const { labels } = this.#dependencies
    const label = await labels.explain({ ...place, path })
    // A preview and a suggestion come at every pause; the text of a question is looked at when it is sent.
    if (label.label === 'secret' || !isRecorded || who === 'completion') return label
    return (await labels.secretSource(place, path, text)) ?? label
  }

  #decide({ path, label, rule }: FileLabel, { overrides, destination }: Pick<GateRequest<never>, 'overrides' | 'destination'>): Judgement {
    if (maySend(label, destination)) return { label, rule, decision: 'sent' }
    // Even the person's word lets a secret go to a model on this machine alone.
    return { label, rule, decision: label === 'secret' && destination === 'local' && overrides.includes(path) ? 'overridden' : 'refused' }
  }

  #record({ path, label, rule, decision }: { path: string } & Judgement, { who }: Pick<GateRequest<never>, 'who'>): void {
    if (decision === 'sent') return
    const { audit, ledger, log } = this.#dependencies
    const isRefused = decision === 'refused'
    const event = { kind: isRefused ? 'context.refuse' : 'context.override', actor: isRefused ? who : 'person', outcome: isRefused ? 'refused' : 'allowed', subject: path, details: { label, rule } } as const
    // What goes to the model is on disk first. What stays here needs no record to be safe.
    if (!isRefused) audit.recordFirst(event)
    ledger.note({ kind: 'context', who, why: reasons[who], target: path, decision: isRefused ? 'refused' : 'allowed', rule: isRefused ? `label ${label} by ${rule}` : `label ${label}, sent once by you` })
    if (!isRefused) return
    try {
      audit.record(event)
    } catch (error) {
      log.warn('A refusal could not be recorded', { reason: error instanceof Error ? error.name : typeof error })
    }
  }
}
