import { History, Pencil, Plus, Search, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Conversation } from '#shared/contract/chat.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { Popover } from '../../ui/popover.tsx'
import { deleteConversation, focusChat, renameConversation, startConversation } from './chat-actions.ts'
import { showConversation, useChat } from './chat-store.ts'
import { matchesTitle, whenWords } from './conversation-words.ts'

interface ListProps {
  onDone: () => void
  /** Shows the list again, as after a name was asked for. */
  onBack: () => void
}

/** Buttons in the heading of the chat: former conversations, and a new one. */
export function ChatActions() {
  const [isOpen, setOpen] = useState(false)
  const hasWorkspace = useChat(state => state.workspaceId !== null)
  if (!hasWorkspace) return null
  return (
    <>
      <Popover label="Conversations" width={340} isOpen={isOpen} onOpenChange={setOpen} trigger={<IconButton icon={History} iconSize={15} label="Conversations" isPressed={isOpen} />}>
        <ConversationList onDone={() => setOpen(false)} onBack={() => setOpen(true)} />
      </Popover>
      <IconButton icon={Plus} iconSize={15} label="New conversation" onClick={startConversation} />
    </>
  )
}

function ConversationList({ onDone, onBack }: ListProps) {
  const { conversations, currentId } = useChat()
  const [query, setQuery] = useState('')
  const shown = (conversations ?? []).filter(one => (one.messageCount > 0 || one.id === currentId) && matchesTitle(one.title, query))
  return (
    <div className="-m-2 flex min-w-0 flex-col gap-2">
      <Field label="Search conversations" isLabelHidden placeholder="Search conversations" icon={Search} value={query} onChange={event => setQuery(event.target.value)} />
      {shown.length === 0 && <p className="px-2 py-1 text-12 text-muted">{query.trim() === '' ? 'There is no conversation in this folder yet.' : 'No conversation matches.'}</p>}
      <ul aria-label="Conversations" className="flex max-h-80 flex-col overflow-y-auto">
        {shown.map(conversation => (
          <ConversationRow key={conversation.id} conversation={conversation} isSelected={conversation.id === currentId} onDone={onDone} onBack={onBack} />
        ))}
      </ul>
    </div>
  )
}

function ConversationRow({ conversation, isSelected, onDone, onBack }: ListProps & { conversation: Conversation; isSelected: boolean }) {
  function act(run: (conversation: Conversation) => Promise<void>, after: () => void = () => undefined): void {
    onDone()
    run(conversation).then(after, reportFailure)
  }
  return (
    <li className="group relative flex min-w-0 items-center">
      <ListRow
        isSelected={isSelected}
        aria-current={isSelected}
        title={conversation.title}
        className="h-7 group-focus-within:pr-16 group-hover:pr-16"
        end={<span className="tabular text-11 group-focus-within:invisible group-hover:invisible">{whenWords(conversation.updatedAt, new Date())}</span>}
        onClick={() => {
          onDone()
          showConversation(conversation.id)
          focusChat()
        }}
      >
        {conversation.title}
      </ListRow>
      <span className="absolute right-1 flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <IconButton icon={Pencil} iconSize={14} className="size-6" label={`Rename ${conversation.title}`} onClick={() => act(renameConversation, onBack)} />
        <IconButton icon={Trash2} iconSize={14} className="size-6" label={`Delete ${conversation.title}`} onClick={() => act(deleteConversation)} />
      </span>
    </li>
  )
}
