import type { ChatMessage } from '#shared/contract/chat.ts'
import { exchangesOf } from '#shared/exchanges.ts'

/** Code points of a line that stands for a whole message. */
const lineLength = 120

/** What a model no longer read: the oldest turns, through that of the message named; empty where it is not there. */
export function leftOut(messages: readonly ChatMessage[], throughId: string): ChatMessage[] {
  const exchanges = exchangesOf(messages)
  const last = exchanges.findIndex(({ answer }) => answer.id === throughId)
  return exchanges.slice(0, last + 1).flatMap(({ question, answer }) => [question, answer])
}

/** The beginning of a text, in one line. */
export function firstWords(text: string): string {
  // More than enough for the line; the whole may be millions of characters.
  const points = [...text.slice(0, 20 * lineLength).replace(/\s+/gu, ' ').trim()]
  return points.length > lineLength ? `${points.slice(0, lineLength).join('')}…` : points.join('')
}
