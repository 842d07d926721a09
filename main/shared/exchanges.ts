import type { ChatMessage } from './contract/chat.ts'

/** Each question with its answer, oldest first: the turns that a model may read again. One whose answer has no text is none: templates want turns to alternate. */
export function exchangesOf<M extends Pick<ChatMessage, 'role' | 'text'>>(messages: readonly M[]): { question: M; answer: M }[] {
  return messages.flatMap((question, index) => {
    const answer = messages[index + 1]
    return question.role === 'user' && answer?.role === 'assistant' && answer.text !== '' ? [{ question, answer }] : []
  })
}
