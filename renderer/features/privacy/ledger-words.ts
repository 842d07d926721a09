import type { LedgerEntry } from '#shared/contract/ledger.ts'
import { sizeWords } from '#shared/size-words.ts'
import type { Fact } from '../../ui/fact-list.tsx'

const names: Readonly<Record<string, string>> = { host: 'Host', page: 'Page', inference: 'Model', chat: 'Chat', completion: 'Completion', models: 'Models', try: 'You (try)', ask: 'You (ask)', 'self-test': 'Self-test' }

export function whoText(who: string): string {
  return names[who] ?? who
}

export function targetText({ target, port }: LedgerEntry): string {
  return port === undefined ? target : target.includes(':') ? `[${target}]:${port}` : `${target}:${port}`
}

/** "10:41:07" for today, else "20 Nov 10:41". */
export function timeText(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return at.toLocaleTimeString('en-GB')
  return `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`
}

/** Everything about one entry. */
export function entryFacts(entry: LedgerEntry): Fact[] {
  const { at, kind, who, why, address, decision, rule, bytesIn, bytesOut, isEnded } = entry
  const facts: Fact[] = [
    { label: 'Time', value: at.toLocaleString('en-GB') },
    { label: 'Who', value: whoText(who) },
    { label: 'Wanted', value: why },
    { label: kind === 'context' ? 'File' : 'Host', value: targetText(entry) },
  ]
  if (kind === 'connection') facts.push({ label: 'Address', value: address ?? (decision === 'refused' ? 'not looked up' : 'not known') })
  facts.push({ label: 'Decision', value: decision, tone: decision === 'allowed' ? 'warn' : 'plain' }, { label: 'Rule', value: rule })
  if (kind === 'connection' && decision === 'allowed') facts.push({ label: 'Carried', value: `${sizeWords(bytesOut)} out, ${sizeWords(bytesIn)} in${isEnded ? '' : ', still open'}` })
  return facts
}
