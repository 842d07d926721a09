import { create } from 'zustand'

/** Why there is a suggestion, or none. */
export type GhostOutcome =
  | { kind: 'idle' }
  | { kind: 'off' }
  | { kind: 'shown'; tokens: number; milliseconds: number }
  | { kind: 'empty' }
  | { kind: 'cancelled' }
  /** The file is labelled so that no model reads it. */
  | { kind: 'refused'; label: string; rule: string }
  | { kind: 'failed'; error: unknown }

interface GhostStatus {
  outcome: GhostOutcome
  isVisible: boolean
}

export const useGhostStatus = create<GhostStatus>(() => ({ outcome: { kind: 'idle' }, isVisible: false }))

export function setOutcome(outcome: GhostOutcome): void {
  useGhostStatus.setState({ outcome })
}
