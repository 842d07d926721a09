import type { ContextUse } from '#shared/contract/chat.ts'
import type { Destination } from '#shared/sensitivity.ts'

/** What is to go into a context, and what became of it. */
export type Judgement = Pick<ContextUse, 'label' | 'rule' | 'decision'>

export interface GateRequest<T extends { path: string; text: string }> {
  /** The feature that asks. */
  who: 'chat' | 'ask' | 'completion'
  /** Where the paths count from; with neither, a relative path belongs to no known file and is refused. */
  place: { workspaceId?: string | null | undefined; folder?: string | null | undefined }
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
