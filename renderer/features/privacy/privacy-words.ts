import type { Enforcement, PrivacyState } from '#shared/contract/privacy.ts'

export const processNames: Record<Enforcement['process'], string> = {
  inference: 'Model',
  page: 'This window',
  host: 'Host',
  terminal: 'Terminals',
  storage: 'Storage',
}

export const levelWords: Record<Enforcement['level'], string> = {
  os: 'Enforced by the operating system',
  browser: 'Enforced by the browser',
  design: 'By design, enforced by nothing',
  none: 'Not restricted',
}

export interface PillWords {
  text: string
  tone: 'accent' | 'plain' | 'warn'
  /** Said to screen readers and in the popover. */
  sentence: string
}

/** The pill claims only what is enforced: the accent stands for a model process that the operating system keeps from the network. */
export function pillWords(state: PrivacyState | null): PillWords {
  if (!state) return { text: 'Local model', tone: 'plain', sentence: 'Reading what is enforced.' }
  if (state.isModelIsolated) return { text: 'Local model', tone: 'accent', sentence: 'The model runs on this machine, and the operating system keeps its process from the network.' }
  const model = state.enforcement.find(entry => entry.process === 'inference')
  if (model?.level === 'none') return { text: 'Model not isolated', tone: 'warn', sentence: 'The model runs on this machine, but nothing keeps its process from the network.' }
  return { text: 'Local model', tone: 'plain', sentence: 'The model runs on this machine. The operating system does not restrict its process at the moment.' }
}
