import { ChevronDown } from 'lucide-react'
import { useRef, useState } from 'react'
import type { ChatMessage } from '#shared/contract/chat.ts'
import { Icon } from '../../ui/icon.tsx'
import { Popover } from '../../ui/popover.tsx'
import { useChat } from './chat-store.ts'
import { droppedWords, exactCount } from './context-words.ts'
import { firstWords, leftOut } from './left-out.ts'
import { showMessage } from './show-message.ts'

/** Rows to draw; of a conversation of thousands of turns the newest say where the context begins. */
const shownRows = 200

export interface DroppedLineProps {
  turns: number
  /** Absent in what an earlier version wrote: then only their number is known. */
  throughId?: string | undefined
}

/** How many older turns the model does not read; opens to which. */
export function DroppedLine({ turns, throughId }: DroppedLineProps) {
  const [isOpen, setOpen] = useState(false)
  const chosen = useRef<string | null>(null)
  if (throughId === undefined) return <span className="min-w-0 text-11 text-faint">{droppedWords(turns)}</span>
  return (
    <Popover
      label="Turns that are left out"
      side="top"
      align="start"
      isOpen={isOpen}
      onOpenChange={setOpen}
      onCloseAutoFocus={event => {
        if (chosen.current === null) return
        event.preventDefault()
        showMessage(chosen.current)
        chosen.current = null
      }}
      trigger={
        <button type="button" className="flex min-h-6 min-w-0 items-center gap-1 rounded-small text-left text-11 text-faint hover:text-text">
          <span className="min-w-0">{droppedWords(turns)}</span>
          <Icon icon={ChevronDown} size={12} />
        </button>
      }
    >
      <DroppedList
        throughId={throughId}
        onChoose={id => {
          chosen.current = id
          setOpen(false)
        }}
      />
    </Popover>
  )
}

function DroppedList({ throughId, onChoose }: { throughId: string; onChoose: (id: string) => void }) {
  const messages = useChat(state => state.current?.messages ?? null)
  const all = messages ? leftOut(messages, throughId) : []
  const shown = all.slice(-shownRows)
  return (
    <>
      <h2 className="text-13 font-strong">Turns that are left out</h2>
      <p className="mt-1 text-12 text-muted">The model does not read them: the oldest go first when the context is full. They stay in the conversation.</p>
      {all.length > shown.length && <p className="mt-2 text-12 text-muted">{`${exactCount(all.length - shown.length)} older ones, and:`}</p>}
      <ul aria-label="Turns that are left out" className="-mx-2 mt-2 flex flex-col">
        {shown.map(message => (
          <li key={message.id} className="flex min-w-0">
            <TurnButton message={message} onChoose={onChoose} />
          </li>
        ))}
      </ul>
    </>
  )
}

function TurnButton({ message: { id, role, text }, onChoose }: { message: ChatMessage; onChoose: (id: string) => void }) {
  return (
    <button type="button" className="focus-inset flex min-h-6 w-full min-w-0 items-baseline gap-2 rounded-small px-2 py-0.5 text-left text-12 hover:bg-hover" onClick={() => onChoose(id)}>
      <span className="w-14 shrink-0 text-muted">{role === 'user' ? 'Question' : 'Answer'}</span>
      <span className="min-w-0 flex-1 truncate">{firstWords(text)}</span>
    </button>
  )
}
