import { CornerDownLeft, Square } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useShallow } from 'zustand/shallow'
import { useEngine } from '../../rpc/engine.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Icon } from '../../ui/icon.tsx'
import { sendQuestion, setFocusField, stopAnswer } from './chat-actions.ts'
import { isAnswering, setDraft, useChat } from './chat-store.ts'
import { ContextBar } from './context-bar.tsx'
import { ContextChips } from './context-chips.tsx'
import { ContextPopover } from './context-popover.tsx'
import { budgetWords } from './context-words.ts'
import { flushDrafts } from './drafts.ts'
import { DroppedLine } from './dropped-line.tsx'
import { InvisibleIn } from './invisible-note.tsx'
import { useBudget } from './use-budget.ts'

/** Chips, the field, what it all comes to, and Send or Stop. */
export function Composer() {
  const field = useRef<HTMLTextAreaElement>(null)
  const { draft, failure, isSending } = useChat(useShallow(state => ({ draft: state.draft, failure: state.failure, isSending: state.isSending })))
  const answering = useChat(isAnswering)
  useBudget()

  useEffect(() => {
    setFocusField(() => field.current?.focus())
    return () => setFocusField(null)
  }, [])

  return (
    <div className="m-3 mt-2 min-w-0 rounded-overlay border border-control-line/60 bg-surface-2 focus-within:border-control-line">
      <FailureLine failure={failure} />
      <ContextChips />
      <textarea
        ref={field}
        aria-label="Question"
        placeholder="Ask about this folder"
        rows={1}
        value={draft}
        spellCheck
        onChange={event => setDraft(event.target.value)}
        onBlur={flushDrafts}
        onKeyDown={event => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) {
            event.preventDefault()
            void sendQuestion()
          }
        }}
        className="focus-none block field-sizing-content max-h-[40vh] min-h-10 w-full resize-none bg-transparent px-3 pt-2.5 pb-1.5 text-13 [overflow-wrap:anywhere]"
      />
      <InvisibleIn text={draft} place="the question" className="px-3 pb-1" />
      <DroppedNote />
      <footer className="flex min-w-0 items-center gap-2 pt-1 pr-2 pb-2 pl-3 text-12 text-muted">
        <BudgetLine />
        <span className="flex-1" />
        {answering ? (
          <Button size="small" icon={Square} onClick={() => void stopAnswer()}>
            Stop
          </Button>
        ) : (
          <Button variant="primary" size="small" className="h-6.5 px-3" disabled={draft.trim() === '' || isSending} onClick={() => void sendQuestion()}>
            Send
            <Icon icon={CornerDownLeft} size={12} />
          </Button>
        )}
      </footer>
    </div>
  )
}

/** The meter: a bar, and its total in words as a button that opens to its parts. */
function BudgetLine() {
  const budget = useChat(state => state.budget)
  if (!budget || budget.contextTokens <= 0) return null
  const { totalTokens, contextTokens, answerReserveTokens } = budget
  const words = budgetWords(totalTokens, contextTokens)
  const isOver = totalTokens + answerReserveTokens > contextTokens
  return (
    <span className="relative flex min-w-0 items-center gap-2">
      <ContextBar label="Context used by the next question" budget={budget} className="h-1.5 w-20 shrink-0" />
      <ContextPopover
        label="Context used by the next question"
        budget={budget}
        isAhead
        trigger={
          // The bar is part of what a pointer may press.
          <button type="button" aria-label={`Context: ${words}${isOver ? ', too long' : ''}. Show the parts`} className={classNames('tabular min-h-6 min-w-0 truncate rounded-small after:absolute after:inset-0 hover:text-text', isOver && 'text-warn')}>
            {isOver ? `${words}, too long` : words}
          </button>
        }
      />
    </span>
  )
}

/** What the next question would leave out, before it is sent. */
function DroppedNote() {
  const budget = useChat(state => state.budget)
  if (!budget || budget.droppedTurns === 0) return null
  return (
    <div className="flex min-w-0 px-3">
      <DroppedLine turns={budget.droppedTurns} throughId={budget.droppedThroughId} />
    </div>
  )
}

function FailureLine({ failure }: { failure: unknown }) {
  const isModelReady = useEngine(({ engine }) => engine === null || engine.status === 'ready')
  if (failure === null) return null
  const { code, what, why, next } = errorWords(failure)
  // What is the matter with the model stands above the field already.
  if (!isModelReady && code?.startsWith('MODEL_')) return null
  return (
    <p role="alert" className="border-b border-line px-3 py-2 text-12 break-words text-muted">
      <span className="font-strong text-error">{what}</span> {why} {next}
    </p>
  )
}
