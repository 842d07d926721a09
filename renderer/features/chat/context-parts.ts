import type { SentBudget } from '#shared/contract/chat.ts'
import { exactCount } from './context-words.ts'

export type PartKind = 'system' | 'files' | 'history' | 'tools' | 'question' | 'free' | 'reserve'

export interface ContextPart {
  kind: PartKind
  label: string
  tokens: number
  /** Of the whole context, 0 to 1; over 1 where it is larger than that. */
  share: number
}

export interface ContextParts {
  /** What goes to the model, in the order in which it reads it; adds up to `totalTokens`. */
  sent: ContextPart[]
  free: ContextPart
  reserve: ContextPart
  /** Tokens that are too many; 0 where all fits. */
  overTokens: number
  /** All of it in a sentence, for those who do not see the bar. */
  text: string
}

/** The context as the meter draws it. */
export function contextParts({ contextTokens, systemTokens, filesTokens, historyTokens, toolsTokens = 0, promptTokens, answerReserveTokens, totalTokens }: SentBudget): ContextParts {
  const part = (kind: PartKind, label: string, tokens: number): ContextPart => ({ kind, label, tokens, share: contextTokens > 0 ? tokens / contextTokens : 0 })
  const left = contextTokens - answerReserveTokens - totalTokens
  const sent = [
    part('system', 'System prompt', systemTokens),
    part('files', 'Files and selections', filesTokens),
    part('history', 'History', historyTokens),
    part('tools', 'Tools', toolsTokens),
    part('question', 'Question and template', promptTokens),
  ]
  const free = part('free', 'Free', Math.max(0, left))
  const reserve = part('reserve', 'Kept for the answer', answerReserveTokens)
  const words = (parts: readonly ContextPart[]): string => parts.map(({ label, tokens }) => `${label} ${exactCount(tokens)}`).join(', ')
  return { sent, free, reserve, overTokens: Math.max(0, -left), text: `${exactCount(totalTokens)} of ${exactCount(contextTokens)} tokens: ${words(sent)}. ${words([reserve, free])}.` }
}

/** `0 %`, `under 0.1 %`, `4.2 %`, `37 %`. */
export function shareWords(share: number): string {
  if (share <= 0) return '0 %'
  if (share < 0.001) return 'under 0.1 %'
  return `${share < 0.0995 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`
}
