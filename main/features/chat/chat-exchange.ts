import type { ChatTurn } from '../../../native/inference/contract.ts'

/** A question as the model reads it: what was attached, in one text, and what was asked. */
export interface SentQuestion {
  attachmentText: string
  prompt: string
}

/** A question with its answer. */
export interface Exchange extends SentQuestion {
  answer: string
  /** Its message, where it stands in a conversation. */
  answerId?: string
}

/** Small models lose the question when it shares a turn with a file: attachments get a turn of their own, which the model has acknowledged. */
export function questionTurns({ attachmentText, prompt }: SentQuestion): ChatTurn[] {
  const question: ChatTurn = { role: 'user', text: prompt }
  if (attachmentText === '') return [question]
  return [{ role: 'user', text: attachmentText }, { role: 'assistant', text: 'I have read it.' }, question]
}

export function exchangeTurns(exchange: Exchange): ChatTurn[] {
  return [...questionTurns(exchange), { role: 'assistant', text: exchange.answer }]
}
