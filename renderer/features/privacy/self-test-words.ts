import type { SelfTestRow, SelfTestState, Vector } from '#shared/contract/self-test.ts'
import type { Tone } from '../../ui/tone.tsx'

export const vectorNames: Record<Vector, string> = {
  dns: 'DNS', tcp: 'TCP', udp: 'UDP', tls: 'TLS', http: 'HTTP', websocket: 'WebSocket', 'child-process': 'Child process',
  fetch: 'Fetch', image: 'Image', css: 'CSS', beacon: 'Beacon', prefetch: 'Prefetch', preconnect: 'Preconnect', webrtc: 'WebRTC (STUN)', form: 'Form', 'event-source': 'Event source', frame: 'Frame', navigation: 'Navigation',
}

export const processNames: Record<SelfTestRow['process'], string> = { inference: 'Model', keeper: 'Database worker', keychain: 'Keychain worker', host: 'Host', page: 'Page', terminal: 'Terminal' }

/** One sentence of the last test; true figures only. */
export function summaryWords({ result, summary }: Pick<SelfTestState, 'result' | 'summary'>, momentText: (at: Date, now: Date) => string, now = new Date()): { text: string; tone: Tone } {
  if (!result || !summary) return { text: 'No self-test was run yet.', tone: 'muted' }
  const { blocked, total, weaker, notRun } = summary
  const rest = notRun > 0 ? ` ${notRun} were not tried.` : ''
  const off = result.isEnforcementOff ? ' Enforcement was off.' : ''
  const text = `Self-test ${momentText(new Date(result.at), now)}: ${blocked} of ${total} ways out are blocked.${rest}${off}`
  return { text, tone: weaker > 0 || result.isEnforcementOff ? 'warn' : notRun > 0 ? 'muted' : 'ok' }
}

export function foundWords({ found, verdict, expected }: SelfTestRow): { words: string; tone: Tone } {
  if (found === 'not-run') return { words: 'not tried', tone: 'muted' }
  if (verdict === 'weaker') return { words: 'open, weaker than expected', tone: 'error' }
  if (found === 'open') return { words: 'open', tone: 'warn' }
  return { words: 'blocked', tone: expected === 'blocked' ? 'ok' : 'plain' }
}

export function reportName(at: Date): string {
  return `~/cortex-self-test-${at.toISOString().slice(0, 16).replace(/[T:]/g, '-')}.json`
}
