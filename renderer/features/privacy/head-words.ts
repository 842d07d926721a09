import type { PrivacyState, PrivacySummary } from '#shared/contract/privacy.ts'
import { sizeWords } from '#shared/size-words.ts'
import type { Tone } from '../../ui/tone.tsx'

export interface HeadWords {
  title: string
  tone: Tone
  lead: string
}

const terminals = 'What you start in a terminal, and other programs, are not seen here.'

/** The sentence at the head of the page: never more than the ledger shows. */
export function headWords(summary: PrivacySummary | null, state: PrivacyState | null, now = new Date()): HeadWords {
  if (!summary) return { title: 'Privacy', tone: 'plain', lead: 'Reading the ledger.' }
  const { since, isKept, refusedCount, leftCount, leftBytes, lastLeft } = summary
  const refused = refusedCount === 0 ? 'No connection was refused.' : `${counted(refusedCount, 'connection was', 'connections were')} asked for and refused.`
  const off = state?.isEnforcementOff === true ? 'Cortex was started with enforcement turned off: nothing keeps its processes from the network. ' : ''
  if (lastLeft) {
    const title = leftCount === 1 ? `One connection has left this machine, ${momentText(lastLeft.at, now)}` : `${leftCount.toLocaleString('en')} connections have left this machine`
    const last = `${leftCount === 1 ? 'By' : `Last ${momentText(lastLeft.at, now)}, by`} ${lastLeft.who} to ${lastLeft.target}; ${sizeWords(leftBytes)} sent${leftCount === 1 ? '' : ' in all'}.`
    return { title, tone: 'warn', lead: `${off}${last} ${refused} ${terminals}` }
  }
  if (!isKept) return { title: 'Nothing has left this machine while the vault is shut', tone: 'plain', lead: `${off}What was before is in the ledger, which opens with the vault. ${refused} ${terminals}` }
  if (since === null) return { title: 'Nothing has asked to leave this machine', tone: 'plain', lead: `${off}The ledger is empty: it begins with the first connection that Cortex asks for. ${terminals}` }
  return { title: `Nothing has left this machine since ${momentText(since, now)}`, tone: 'plain', lead: `${off}${refused} ${terminals}` }
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** "2 November, 09:14", with the year when it is another; "today, 09:14". */
export function momentText(at: Date, now: Date): string {
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (at.toDateString() === now.toDateString()) return `${time} today`
  return `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', ...(at.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }) })}, ${time}`
}

