import { ArrowDown } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { ChatMessage } from '#shared/contract/chat.ts'
import { engineModel, useEngine, watchEngine } from '../../rpc/engine.ts'
import { runCommand } from '../../shell/commands.ts'
import { Button } from '../../ui/button.tsx'
import { LiveRegion } from '../../ui/live-region.tsx'
import { EmptyState, LoadingState } from '../../ui/states.tsx'
import { focusChat, stopAnswer } from './chat-actions.ts'
import { isAnswering, useChat } from './chat-store.ts'
import { Composer } from './composer.tsx'
import { EngineLine } from './engine-line.tsx'
import { AnswerView, QuestionView } from './message-view.tsx'
import { spokenSentences } from './spoken-sentences.ts'
import { useFollowEnd } from './use-follow-end.ts'
import './chat.css'

export function ChatPanel() {
  const workspaceId = useChat(state => state.workspaceId)
  const currentId = useChat(state => state.currentId)
  const messages = useChat(state => state.current?.messages ?? null)
  const { scroller, content, isAtEnd, jump } = useFollowEnd(`${workspaceId}:${currentId}:${messages === null}`)
  useEffect(watchEngine, [])
  if (workspaceId === null) return <EmptyState text="Open a folder to ask about it." action={{ label: 'Open folder', run: () => void runCommand('workspaces.open') }} />
  const numbers = new Map(messages?.filter(message => message.role === 'user').map((message, index) => [message.id, index + 1]))
  const lastAnswer = messages?.findLast(message => message.role === 'assistant')
  return (
    <div
      data-key-scope="chat"
      className="flex h-full min-h-0 min-w-0 flex-col"
      onKeyDown={event => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing || !isAnswering(useChat.getState())) return
        event.preventDefault()
        void stopAnswer()
      }}
    >
      <div className="relative min-h-0 flex-1">
        <div ref={scroller} tabIndex={0} role="log" aria-live="off" aria-label="Conversation" className="focus-inset h-full overflow-y-auto [overflow-anchor:none]">
          <div ref={content} className="flex flex-col gap-4 px-4 pt-2 pb-3">
            {messages === null && (
              <div className="-mx-4">
                <LoadingState text="Loading the conversation" />
              </div>
            )}
            {messages?.length === 0 && <Empty />}
            {messages?.map(message => (message.role === 'user' ? <QuestionView key={message.id} message={message} number={numbers.get(message.id) ?? 0} /> : <AnswerView key={message.id} message={message} isLast={message === lastAnswer} />))}
          </div>
        </div>
        {!isAtEnd && (
          <Button size="small" icon={ArrowDown} className="absolute bottom-2 left-1/2 -translate-x-1/2 bg-overlay" onClick={jump}>
            Jump to end
          </Button>
        )}
      </div>
      <EngineLine />
      <Composer />
      {lastAnswer && <Announcer key={lastAnswer.id} answer={lastAnswer} />}
    </div>
  )
}

function Empty() {
  const model = useEngine(engineModel)
  return (
    <div className="-mx-4">
      <EmptyState text="Ask about the open folder; the answer is written by a model on this machine." action={{ label: 'Ask a question', run: focusChat }}>
        {model?.isStarter && (
          <p className="text-12 text-faint">
            {`${model.name} is tiny: it answers, but often wrongly. For real work choose a larger GGUF file in the `}
            <button type="button" className="chat-link text-12" onClick={() => void runCommand('models.pick')}>
              model list
            </button>
            , or start Cortex with --model FILE.
          </p>
        )}
      </EmptyState>
    </div>
  )
}

/** Tells a screen reader what is being written, by sentence, and how it ended. An answer that stood before is not read out. */
function Announcer({ answer }: { answer: ChatMessage }) {
  const said = useRef(answer.status === 'streaming' ? 0 : answer.text.length)
  const wasStreaming = useRef(answer.status === 'streaming')
  const [words, setWords] = useState('')
  useEffect(() => {
    const isDone = answer.status !== 'streaming'
    if (isDone && !wasStreaming.current) return
    const timer = setTimeout(
      () => {
        const next = spokenSentences(answer.text, said.current, isDone)
        said.current = next.next
        wasStreaming.current = !isDone
        const end = isDone ? ` ${endWords[answer.status]}` : ''
        if (next.words !== '' || end !== '') setWords(next.words + end)
      },
      isDone ? 0 : 500,
    )
    return () => clearTimeout(timer)
  }, [answer.text, answer.status])
  return <LiveRegion text={words} />
}

const endWords: Record<ChatMessage['status'], string> = { complete: 'End of answer.', stopped: 'Answer stopped.', failed: 'The answer failed.', streaming: '' }
