import '../../../renderer/ui/styles.css'
import { createRoot } from 'react-dom/client'
import { flushSync } from 'react-dom'
import type { ChatMessage } from '../../../main/shared/contract/chat.ts'
import { MarkdownView } from '../../../renderer/features/chat/markdown-view.tsx'
import { QuestionView } from '../../../renderer/features/chat/message-view.tsx'
import { TooltipProvider } from '../../../renderer/ui/tooltip.tsx'

declare global {
  interface Window {
    /** Draws each text as an answer, and as a question with a file of that name. */
    drawAnswers: (texts: readonly string[]) => void
    ran: unknown[]
  }
}

window.ran = []
const root = createRoot(document.getElementById('root') ?? document.body)

function question(text: string, index: number): ChatMessage {
  const file = { kind: 'file', path: `src/${text}`, startLine: 1, endLine: 2, totalLines: 3, tokens: 1, isIncluded: true, label: 'internal', rule: '', decision: 'sent' } as const
  return {
    id: String(index), role: 'user', text, createdAt: new Date(0), status: 'complete', attachments: [file], droppedTurns: 0, modelName: null, tokens: null, tokensPerSecond: null, milliseconds: null, stopReason: null, error: null,
  }
}

window.drawAnswers = texts => {
  flushSync(() =>
    root.render(
      <TooltipProvider>
        {texts.map((text, index) => (
          <div key={`${texts.length}:${index}:${text}`} data-payload={index}>
            <QuestionView message={question(text, index)} number={index + 1} />
            <MarkdownView text={text} />
          </div>
        ))}
      </TooltipProvider>,
    ),
  )
}
