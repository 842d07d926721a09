import type { Exchange } from './chat-exchange.ts'
import type { ConversationState } from './conversation-state.ts'

/** Questions as the model read them, with their answers, oldest first. One whose answer has no text is left out: templates want turns to alternate. */
export function historyOf({ messages, attachmentTexts }: Pick<ConversationState, 'messages' | 'attachmentTexts'>): Exchange[] {
  const exchanges: Exchange[] = []
  for (const [index, question] of messages.entries()) {
    const answer = messages[index + 1]
    if (question.role !== 'user' || answer?.role !== 'assistant' || answer.text === '') continue
    exchanges.push({ attachmentText: attachmentTexts.get(question.id) ?? '', prompt: question.text, answer: answer.text })
  }
  return exchanges
}
