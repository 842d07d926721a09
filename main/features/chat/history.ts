import { exchangesOf } from '#shared/exchanges.ts'
import type { Exchange } from './chat-exchange.ts'
import type { ConversationState } from './conversation-state.ts'

/** Questions as the model read them, with their answers, oldest first. */
export function historyOf({ messages, attachmentTexts }: Pick<ConversationState, 'messages' | 'attachmentTexts'>): Exchange[] {
  return exchangesOf(messages).map(({ question, answer }) => ({ attachmentText: attachmentTexts.get(question.id) ?? '', prompt: question.text, answer: answer.text, answerId: answer.id }))
}
