import type { ConversationState } from './conversation-state.ts'

/**
 * Questions as the model read them, with their answers, oldest first. A question whose answer has no text is left out:
 * templates want turns to alternate.
 */
export function historyOf({ messages, sentTexts }: Pick<ConversationState, 'messages' | 'sentTexts'>): [question: string, answer: string][] {
  const pairs: [string, string][] = []
  for (const [index, question] of messages.entries()) {
    const answer = messages[index + 1]
    if (question.role === 'user' && answer?.role === 'assistant' && answer.text !== '') pairs.push([sentTexts.get(question.id) ?? question.text, answer.text])
  }
  return pairs
}
