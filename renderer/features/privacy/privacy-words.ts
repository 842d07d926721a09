import type { PrivacyState, ProcessEnforcement } from '#shared/contract/privacy.ts'
import type { Tone } from '../../ui/tone.tsx'

const enforcerWords: Record<ProcessEnforcement['enforcedBy'], string> = {
  bubblewrap: 'bubblewrap',
  namespace: 'Linux namespace',
  'sandbox-profile': 'sandbox profile',
  firewall: 'Windows firewall',
  browser: 'browser policy',
  guard: 'in-process guard',
  nothing: 'nothing',
}

const networkWords: Record<ProcessEnforcement['network'], { words: string; tone: Tone }> = {
  none: { words: 'none', tone: 'ok' },
  loopback: { words: 'this machine', tone: 'plain' },
  open: { words: 'open', tone: 'warn' },
  yours: { words: 'yours', tone: 'warn' },
}

const fileWords: Record<ProcessEnforcement['files'], string> = { none: 'none', model: 'its model, read only', yours: 'yours' }

export interface ProcessWords {
  network: { words: string; tone: Tone }
  enforcedBy: string
  files: string
}

/** The words of one row. A process that does not run gets none: nothing holds for it yet. */
export function processWords({ isRunning, network, enforcedBy, files }: ProcessEnforcement): ProcessWords {
  if (!isRunning) return { network: { words: '–', tone: 'muted' }, enforcedBy: 'not running', files: '–' }
  return { network: networkWords[network], enforcedBy: network === 'yours' ? 'not restricted' : enforcerWords[enforcedBy], files: fileWords[files] }
}

export interface PillWords {
  text: string
  tone: 'accent' | 'plain' | 'warn'
  /** Said to screen readers, in the popover and under the page's heading. */
  sentence: string
}

/** The pill claims only what is enforced: the accent stands for a model process that the operating system keeps from the network. */
export function pillWords(state: PrivacyState | null): PillWords {
  if (!state) return { text: 'Local model', tone: 'plain', sentence: 'Reading what is enforced.' }
  if (state.isEnforcementOff) return { text: 'Enforcement off', tone: 'warn', sentence: 'Cortex was started with enforcement turned off: nothing keeps its processes from the network. Start it without that option.' }
  if (state.isModelIsolated) return { text: 'Local model', tone: 'accent', sentence: 'The model runs on this machine, and the operating system keeps its process from the network.' }
  const model = state.processes.find(entry => entry.process === 'inference')
  if (model?.isRunning) return { text: 'Local model', tone: 'plain', sentence: `The model runs on this machine, but the operating system does not keep its process from the network. ${model.reason ?? ''}`.trim() }
  return { text: 'Local model', tone: 'plain', sentence: 'Models run on this machine only. None is running now.' }
}
