import type { ServerClient, ServerState, ServerTotals } from '#shared/contract/model-server.ts'
import type { Tone } from '../../../ui/tone.tsx'

const countWords = (count: number, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${count.toLocaleString('en-US')} ${many}`)

/** Whether other programs are answered, in a word or two and a sentence. */
export function serverWords({ isOn, isLocked, port, baseUrls }: ServerState): { short: string; text: string; tone: Tone } {
  if (!isOn) return { short: 'off', text: 'Off: no other program is answered. Programs of this machine can use the models through the interfaces of OpenAI, Anthropic and Ollama, each with a token of its own.', tone: 'muted' }
  if (isLocked) return { short: 'locked', text: 'On, but the vault is locked: nobody is answered until it is unlocked.', tone: 'warn' }
  if (baseUrls === null || port === null) return { short: 'starting', text: 'On, but not listening yet.', tone: 'warn' }
  return { short: 'on', text: `On, at port ${port} of this machine only. A program without a token is turned away.`, tone: 'plain' }
}

export function limitsWords({ requestsPerMinute, tokensPerMinute, expiresAt, isExpired }: Pick<ServerClient, 'requestsPerMinute' | 'tokensPerMinute' | 'expiresAt' | 'isExpired'>): string {
  const day = expiresAt?.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
  const parts = [
    isExpired ? 'expired' : '',
    requestsPerMinute === null ? '' : `${countWords(requestsPerMinute, 'request', 'requests')}/min`,
    tokensPerMinute === null ? '' : `${countWords(tokensPerMinute, 'token', 'tokens')}/min`,
    day && !isExpired ? `until ${day}` : '',
  ].filter(Boolean)
  return parts.length === 0 ? 'none' : parts.join(', ')
}

export function scopeWords({ scopes, models }: Pick<ServerClient, 'scopes' | 'models'>): string {
  const what = scopes.length === 5 ? 'everything' : scopes.join(', ')
  return models === 'all' ? what : `${what}; ${countWords(models.length, 'model', 'models')}`
}

export function totalsWords(totals: ServerTotals | undefined): string {
  if (!totals || totals.requests === 0) return 'nothing yet'
  const refused = totals.refused + totals.failed
  return [countWords(totals.requests, 'call', 'calls'), countWords(totals.promptTokens + totals.answerTokens, 'token', 'tokens'), refused > 0 && `${refused.toLocaleString('en-US')} refused or failed`].filter(Boolean).join(', ')
}

/** Which providers a base URL is for, in the order they are shown. */
export const providers = [
  { id: 'openai', name: 'OpenAI' },
  { id: 'anthropic', name: 'Anthropic' },
  { id: 'ollama', name: 'Ollama' },
] as const
