import { Command } from 'cmdk'
import { Dialog } from 'radix-ui'
import { Fragment, useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { Icon } from '../ui/icon.tsx'
import { Keys } from '../ui/keys.tsx'
import { Matched } from '../ui/matched.tsx'
import { useFocusReturn } from '../ui/use-focus-return.ts'
import { ErrorState } from './error-state.tsx'
import { closeQuickPick, pickProviderFor, useQuickPick, type PickItem, type PickProvider, type PickResult } from './quick-pick.ts'
import { reportFailure } from './report-failure.ts'

const askAgainMilliseconds = 300
const mostPauseMilliseconds = 5000

/** One dialog for files, commands and whatever else registers a mode. */
export function QuickPickDialog() {
  const isOpen = useQuickPick(state => state.isOpen)
  const focusReturn = useFocusReturn(focusAtEnd)
  return (
    <Dialog.Root open={isOpen} onOpenChange={next => !next && closeQuickPick()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-transparent" />
        <Dialog.Content
          aria-describedby={undefined}
          data-modal=""
          {...focusReturn}
          className="appear fixed top-1.5 left-1/2 z-50 flex max-h-[min(560px,80vh)] w-[min(600px,calc(100vw-16px))] -translate-x-1/2 flex-col overflow-hidden rounded-overlay border border-line bg-overlay shadow-overlay focus-visible:outline-none"
        >
          <Dialog.Title className="sr-only">Go to file or run a command</Dialog.Title>
          <Picker />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** Behind the prefix: the dialog's own way would select it, and the first key would take it away. */
function focusAtEnd(content: HTMLElement): boolean {
  const input = content.querySelector('input')
  input?.focus()
  input?.setSelectionRange(input.value.length, input.value.length)
  return input !== null
}

function choose(item: PickItem): void {
  closeQuickPick()
  // After the dialog has given focus back, which it does in a timer of its own: what opens can then take it.
  setTimeout(() =>
    setTimeout(() => {
      Promise.resolve()
        .then(() => item.run())
        .catch(reportFailure)
    }),
  )
}

function Picker() {
  const { providers, text } = useQuickPick()
  const provider = pickProviderFor(providers, text)
  const [result, setResult] = useState<PickResult>({ items: [] })
  const [failure, setFailure] = useState<unknown>(null)
  const [selected, setSelected] = useState('')
  /** The query that `result` answers; what is shown lags behind fast typing. */
  const answered = useRef<{ provider: PickProvider; query: string } | null>(null)
  const isEnterWaiting = useRef(false)
  const query = provider && text.startsWith(provider.prefix) ? text.slice(provider.prefix.length) : text

  useEffect(() => {
    if (!provider) return
    const aborting = new AbortController()
    let again: ReturnType<typeof setTimeout> | undefined
    let chosenHere: string | null = null
    let asked = 0
    const take = (next: PickResult): void => {
      if (aborting.signal.aborted) return
      const first = next.items.find(item => item.disabledReason === undefined)
      const isAnswer = first !== undefined || next.isPartial !== true
      if (isAnswer) answered.current = { provider, query }
      setFailure(null)
      setResult(next)
      // Whoever has gone down in a list that grows stays where they are.
      const former = chosenHere
      setSelected(before => (former !== null && before !== former && next.items.some(item => item.id === before) ? before : (first?.id ?? '')))
      chosenHere = first?.id ?? ''
      if (isEnterWaiting.current && first) choose(first)
      if (isAnswer) isEnterWaiting.current = false
      // Ever less often: a folder that cannot be read through would be read for ever.
      if (next.isPartial) again = setTimeout(find, Math.min(mostPauseMilliseconds, askAgainMilliseconds * 2 ** asked++))
    }
    const find = (): void => {
      try {
        const found = provider.find(query, aborting.signal)
        if (found instanceof Promise) found.then(take, (error: unknown) => !aborting.signal.aborted && setFailure(error))
        else take(found)
      } catch (error) {
        setFailure(error)
      }
    }
    isEnterWaiting.current = false
    find()
    return () => {
      clearTimeout(again)
      aborting.abort()
    }
  }, [provider, query])

  /** Enter takes what was typed, so it waits for the answer to it. */
  const onKeyDown = (event: KeyboardEvent): void => {
    const isAnswered = answered.current?.provider === provider && answered.current?.query === query
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || isAnswered) return
    event.preventDefault()
    isEnterWaiting.current = true
  }

  const hasIcons = result.items.some(item => item.icon !== undefined)
  return (
    <Command shouldFilter={false} loop value={selected} onValueChange={setSelected} label={provider?.title ?? 'Commands'} onKeyDown={onKeyDown} className="flex min-h-0 flex-col">
      <Command.Input
        // The focus trap selects the text whenever it brings focus back.
        onFocus={({ target }) => queueMicrotask(() => target.setSelectionRange(target.value.length, target.value.length))}
        value={text}
        onValueChange={next => useQuickPick.setState({ text: next })}
        placeholder={provider?.placeholder ?? 'Search commands'}
        className="h-10 shrink-0 border-b border-line bg-transparent px-4 text-13 outline-none"
      />
      {failure !== null ? (
        <ErrorState error={failure} />
      ) : (
        <Command.List className="min-h-0 overflow-y-auto overscroll-contain p-1">
          {result.items.length === 0 && <div className="px-3 py-2 text-muted">{provider?.emptyText ?? 'Nothing to choose from.'}</div>}
          {result.items.map((item, index) => (
            <Fragment key={item.id}>
              {item.group !== undefined && item.group !== result.items[index - 1]?.group && (
                <div aria-hidden="true" className="px-3 pt-2 pb-1 text-11 font-strong text-faint">
                  {item.group}
                </div>
              )}
              <Row item={item} hasIcons={hasIcons} onChoose={() => choose(item)} />
            </Fragment>
          ))}
        </Command.List>
      )}
      <div className="flex shrink-0 gap-4 border-t border-line px-4 py-1.5 text-11 text-faint">
        <span role="status" className="min-w-0 flex-1 truncate">
          {result.note ?? ''}
        </span>
        {providers
          .filter(other => other !== provider && other.prefix !== '' && (other.isAvailable?.() ?? true))
          .map(other => (
            <span key={other.id}>
              <kbd className="font-sans">{other.prefix}</kbd> {other.title.toLowerCase()}
            </span>
          ))}
      </div>
    </Command>
  )
}

function Row({ item, hasIcons, onChoose }: { item: PickItem; hasIcons: boolean; onChoose: () => void }) {
  return (
    <Command.Item
      value={item.id}
      disabled={item.disabledReason !== undefined}
      onSelect={onChoose}
      className="flex min-h-7 items-center gap-2 rounded-control px-3 py-0.5 select-none data-[disabled=true]:text-faint data-[selected=true]:bg-selected"
    >
      {hasIcons && <span className="size-3.5 shrink-0">{item.icon && <Icon icon={item.icon} size={14} className="text-muted" />}</span>}
      <span className="min-w-0 truncate">
        <Matched text={item.label} matches={item.matches ?? []} />
      </span>
      <span className="min-w-0 flex-1 shrink-[20] truncate text-12 text-faint">{item.disabledReason ?? item.detail}</span>
      {item.keys && <Keys binding={item.keys} />}
    </Command.Item>
  )
}
