import type { EgressState } from '#shared/contract/egress.ts'
import type { PrivacyState, PrivacySummary, ProcessEnforcement } from '#shared/contract/privacy.ts'
import type { Tone } from '../../ui/tone.tsx'
import { isThisMachine, modeNames } from './egress-words.ts'

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
  mode: { words: 'by mode', tone: 'plain' },
  open: { words: 'open', tone: 'warn' },
  yours: { words: 'yours', tone: 'warn' },
}

const fileWords: Record<ProcessEnforcement['files'], string> = { none: 'none', model: 'its model, read only', yours: 'yours' }

export interface ProcessWords {
  network: { words: string; tone: Tone }
  enforcedBy: string
  files: string
}

/** The words of one row. A process that does not run gets none, unless it ran before: nothing holds for it yet. */
export function processWords({ isRunning, hasRun, network, enforcedBy, files }: ProcessEnforcement): ProcessWords {
  if (hasRun) {
    const { words, tone } = networkWords[network]
    return { network: { words, tone: tone === 'ok' ? 'muted' : tone }, enforcedBy: `${enforcerWords[enforcedBy]}, while it ran`, files: fileWords[files] }
  }
  if (!isRunning) return { network: { words: '–', tone: 'muted' }, enforcedBy: 'not running', files: '–' }
  return { network: networkWords[network], enforcedBy: network === 'yours' ? 'not restricted' : enforcerWords[enforcedBy], files: fileWords[files] }
}

/** How often a process was refused a connection today; null for those whose refusals nobody counts, and for all while the vault is shut and the ledger in it. */
export function refusedToday({ process }: ProcessEnforcement, summary: PrivacySummary): number | null {
  return summary.isKept && (process === 'page' || process === 'host') ? summary.refusedToday[process] : null
}

export interface PillWords {
  text: string
  tone: 'accent' | 'plain' | 'warn'
  /** Said to screen readers, in the popover and under the page's heading. */
  sentence: string
}

/**
 * The mode, and what is enforced of it. The accent stands for Offline with a model process that the operating system keeps from the network;
 * Offline alone is a promise of the host's own process, and any other mode may let something leave.
 */
export function pillWords(state: PrivacyState | null, egress: EgressState | null): PillWords {
  if (!state || !egress) return { text: 'Privacy', tone: 'plain', sentence: 'Reading what is enforced.' }
  if (state.isEnforcementOff) return { text: 'Enforcement off', tone: 'warn', sentence: 'Cortex was started with enforcement turned off: nothing keeps its processes from the network. Start it without that option.' }
  const text = modeNames[egress.mode]
  const model = modelSentence(state)
  if (egress.mode !== 'offline') return { text, tone: 'warn', sentence: `${modeSentences[egress.mode]} ${model}` }
  const ports = egress.grants.filter(grant => isThisMachine(grant.host)).length
  const host = ports === 0 ? 'Cortex connects to nothing' : `Cortex connects to ${ports} granted ${ports === 1 ? 'port' : 'ports'} of this machine and to nothing else`
  const guard = egress.isHostGuarded ? '' : ' This host was started without the guard that would refuse what does not ask.'
  return { text, tone: state.isModelIsolated && egress.isHostGuarded ? 'accent' : 'plain', sentence: `${host}.${guard} ${model}` }
}

const modeSentences = {
  local: 'Cortex may connect to the machines of your network that you granted.',
  ask: 'Cortex may connect to hosts that you granted, and asks about each other one.',
  list: 'Cortex may connect to the hosts that you granted.',
} as const

function modelSentence(state: PrivacyState): string {
  if (state.isModelIsolated) return 'The model runs on this machine, and the operating system keeps its process from the network.'
  const model = state.processes.find(entry => entry.process === 'inference')
  if (model?.isRunning) return `The model runs on this machine, but the operating system does not keep its process from the network. ${model.reason ?? ''}`.trim()
  return 'Models run on this machine only. None is running now.'
}
