import { create } from 'zustand'
import type { SecretsEvent } from '#shared/contract/secrets.ts'
import type { RedactionFinding } from '#shared/contract/redaction.ts'

export type SecretDialog = { kind: 'add' } | { kind: 'rotate' | 'expire' | 'history'; name: string }

interface SecretsView {
  /** What is kept; null until it is known. */
  kept: SecretsEvent | null
  failure: unknown
  dialog: SecretDialog | null
}

export const useSecrets = create<SecretsView>(() => ({ kept: null, failure: null, dialog: null }))

export function openSecretDialog(dialog: SecretDialog | null): void {
  useSecrets.setState({ dialog })
}

/** What a check for secrets looked at and found. */
export interface CheckedText {
  /** File or selection, in words. */
  title: string
  text: string
  findings: readonly RedactionFinding[]
  count: number
}

export const useCheck = create<{ checked: CheckedText | null }>(() => ({ checked: null }))
