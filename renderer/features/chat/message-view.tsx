import { Copy, CopyCheck, FileCode2, Gauge, Lock, RotateCcw, TextSelect } from 'lucide-react'
import { lazy, memo, Suspense } from 'react'
import type { ChatMessage, ContextUse } from '#shared/contract/chat.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { retryAnswer } from './chat-actions.ts'
import { ContextPopover } from './context-popover.tsx'
import { durationWords, fileName, rangeWords, speedWords } from './context-words.ts'
import { DroppedLine } from './dropped-line.tsx'
import { decisionWords } from './label-words.ts'
import { InvisibleIn, InvisibleNote } from './invisible-note.tsx'
import { messageElementId } from './show-message.ts'
import { useCopied } from '../../shell/use-copied.ts'

// The parser comes with the first answer, not with the window.
const MarkdownView = lazy(async () => ({ default: (await import('./markdown-view.tsx')).MarkdownView }))

/** The question in muted weight, with what went along. Its number tells its region from the others. */
export const QuestionView = memo(function QuestionView({ message, number }: { message: ChatMessage; number: number }) {
  const sent = message.attachments.filter(one => one.isIncluded || one.decision === 'refused')
  return (
    <section id={messageElementId(message.id)} aria-label={`Question ${number}`} className="min-w-0 text-muted">
      <p className="break-words whitespace-pre-wrap [overflow-wrap:anywhere]">{message.text}</p>
      {sent.length > 0 && (
        <ul aria-label={sent.some(use => use.decision === 'refused') ? 'Sent along and left out' : 'Sent along'} className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-11 text-faint">
          {sent.map(use => (
            <li key={`${use.kind}:${use.path}:${use.startLine}-${use.endLine}`} className="flex min-w-0 items-center gap-1" title={use.decision === 'refused' ? `${use.path}: ${use.label} by ${use.rule}` : use.path}>
              <Icon icon={use.label === 'secret' ? Lock : use.kind === 'file' ? FileCode2 : TextSelect} size={12} />
              <span className="min-w-0 truncate">{labelOf(use)}</span>
            </li>
          ))}
        </ul>
      )}
      <InvisibleIn text={message.text} place="the question" className="mt-1" />
      {sent.map(use => use.invisible && <InvisibleNote key={`${use.kind}:${use.path}:${use.startLine}`} {...use.invisible} place={fileName(use.path)} className="mt-1" />)}
    </section>
  )
})

function labelOf(use: ContextUse): string {
  const name = [fileName(use.path), rangeWords(use)].filter(Boolean).join(' ')
  return use.decision === 'sent' ? name : `${name}, ${decisionWords(use)}`
}

/** The answer as text, what became of it, and by whom and how fast, small. */
export const AnswerView = memo(function AnswerView({ message, isLast }: { message: ChatMessage; isLast: boolean }) {
  const isStreaming = message.status === 'streaming'
  return (
    <article id={messageElementId(message.id)} aria-label="Answer" aria-busy={isStreaming} className="group min-w-0">
      {message.droppedTurns > 0 && (
        <div className="mb-2 flex min-w-0 items-center gap-3">
          <span className="h-px flex-1 bg-line" />
          <DroppedLine turns={message.droppedTurns} throughId={message.droppedThroughId} />
          <span className="h-px flex-1 bg-line" />
        </div>
      )}
      {message.text !== '' && (
        <Suspense fallback={<p className="break-words whitespace-pre-wrap">{message.text}</p>}>
          <MarkdownView text={message.text} />
        </Suspense>
      )}
      {isStreaming && message.text === '' && <p className="text-muted">Reading the question</p>}
      {message.status === 'failed' && <FailedLine message={message} isLast={isLast} />}
      <footer className="tabular mt-2 flex min-h-6.5 flex-wrap items-center gap-x-2.5 text-11 text-faint">
        {message.modelName && <span className="min-w-0 truncate">{message.modelName}</span>}
        {message.tokensPerSecond !== null && <span>{speedWords(message.tokensPerSecond)}</span>}
        {message.milliseconds !== null && <span>{durationWords(message.milliseconds)}</span>}
        {message.status === 'stopped' && <span>Stopped</span>}
        {message.stopReason === 'max-tokens' && <span>Cut off at the room for the answer</span>}
        {!isStreaming && <AnswerActions message={message} isLast={isLast} />}
      </footer>
    </article>
  )
})

function AnswerActions({ message, isLast }: { message: ChatMessage; isLast: boolean }) {
  const [isCopied, copy] = useCopied()
  return (
    <span className={isLast ? '-mr-1.5 ml-auto flex' : '-mr-1.5 ml-auto flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100'}>
      {message.budget && <ContextPopover label="Context used by this answer" budget={message.budget} trigger={<IconButton icon={Gauge} iconSize={14} label="Context used" />} />}
      {message.text !== '' && <IconButton icon={isCopied ? CopyCheck : Copy} iconSize={14} label={isCopied ? 'Copied' : 'Copy answer'} onClick={() => copy(message.text)} />}
      {isLast && message.status !== 'failed' && <IconButton icon={RotateCcw} iconSize={14} label="Answer again" onClick={() => void retryAnswer()} />}
    </span>
  )
}

function FailedLine({ message, isLast }: { message: ChatMessage; isLast: boolean }) {
  const words = message.error ? errorWords(message.error) : { what: 'The answer broke off.', why: 'Cortex was ended while it was written.', next: 'Ask again.' }
  return (
    <div role="alert" className="mt-3 flex flex-col items-start gap-2 border-l-2 border-error pl-3">
      <p>
        <span className="font-strong text-error">{words.what}</span> <span className="text-muted">{`${words.why} ${words.next}`}</span>
      </p>
      {isLast && (
        <Button size="small" icon={RotateCcw} onClick={() => void retryAnswer()}>
          Answer again
        </Button>
      )}
    </div>
  )
}
