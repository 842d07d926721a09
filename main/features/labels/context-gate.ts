import type { ContextUse } from '#shared/contract/chat.ts'
import type { FileLabel } from '#shared/contract/labels.ts'
import { maySend, type Destination } from '#shared/sensitivity.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import type { Ledger } from '../../platform/ledger/ledger.ts'
import type { Log } from '../../platform/log/log.ts'
import type { LabelsService, NamedFile } from './labels-service.ts'

/** What is to go into a context, and what became of it. */
export type Judgement = Pick<ContextUse, 'label' | 'rule' | 'decision'>

export interface GateRequest<T extends { path: string; text: string }> {
  /** The feature that asks. */
  who: 'chat' | 'ask' | 'completion'
  /** Where the paths count from; with neither, a relative path belongs to no known file and is refused. */
  place: Pick<NamedFile, 'workspaceId' | 'folder'>
  items: readonly T[]
  /** Paths of secret files that the person sends along this once. */
  overrides: readonly string[]
  destination: Destination
  /** False for a preview, which nothing goes out of. */
  isRecorded: boolean
}

/** Says of each file whether it may go into a context. */
export interface ContextGate {
  /** In the order of the items. Where it is recorded, an override is in the audit log before this returns; throws STORAGE_LOCKED, STORAGE_FULL where it cannot be. Throws as `workspaces.get`. */
  judge<T extends { path: string; text: string }>(request: GateRequest<T>): Promise<(T & Judgement)[]>
}

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
    ledger.note({ kind: 'context', who, why: reasons[who], target: path, decision: isRefused ? 'refused' : 'allowed', rule: isRefused ? `label ${label} by ${rule}` : `label ${label}, sent once by you` })
    try {
      audit.record(event)
    } catch (error) {
      // What stays here needs no record to be safe; what goes out does.
      if (!isRefused) throw error
      log.warn('A refusal could not be recorded', { reason: error instanceof Error ? error.name : typeof error })
    }
  }
}
