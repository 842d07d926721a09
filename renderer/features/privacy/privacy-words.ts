import type { Enforcement, PrivacyState } from '#shared/contract/privacy.ts'

export const processNames: Record<Enforcement['process'], string> = {
  inference: 'Model',
  page: 'This window',
  host: 'Host',
  terminal: 'Terminals',
  storage: 'Storage',
}

const levelWords: Record<Enforcement['level'], string> = {
  os: 'Enforced by the operating system',
  browser: 'Enforced by the browser',
  design: 'By design, enforced by nothing',
  none: 'Not restricted',
}

/** Where the plain words of a level would say too much or too little. */
const ownWords: Partial<Record<Enforcement['process'], Partial<Record<Enforcement['level'], string>>>> = {
  inference: { none: 'Nothing to enforce now' },
  storage: { none: 'No protection' },
}

export function enforcedBy({ process, level }: Enforcement): { words: string; tone: 'accent' | 'plain' | 'warn' } {
  const words = ownWords[process]?.[level] ?? levelWords[level]
  if (level === 'os' || level === 'browser') return { words, tone: 'accent' }
  return { words, tone: process === 'terminal' && level === 'none' ? 'warn' : 'plain' }
}

export interface PillWords {
  text: string
  tone: 'accent' | 'plain'
  /** Said to screen readers and in the popover. */
  sentence: string
}

/** The pill claims only what is enforced: the accent stands for a model process that the operating system keeps from the network. */
export function pillWords(state: PrivacyState | null): PillWords {
  if (!state) return { text: 'Local model', tone: 'plain', sentence: 'Reading what is enforced.' }
  if (state.isModelIsolated) return { text: 'Local model', tone: 'accent', sentence: 'The model runs on this machine, and the operating system keeps its process from the network.' }
  const model = state.enforcement.find(entry => entry.process === 'inference')
  if (model?.level === 'design') return { text: 'Local model', tone: 'plain', sentence: 'The model runs on this machine. This system does not let Cortex cut its process off from the network.' }
  return { text: 'Local model', tone: 'plain', sentence: 'Models run on this machine only. None is running now.' }
}

export function modelFirst(entries: readonly Enforcement[]): Enforcement[] {
  return entries.toSorted((one, other) => Number(other.process === 'inference') - Number(one.process === 'inference'))
}
