import { ArrowDown, ArrowUp, CaseSensitive, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { themeTokens } from '../../ui/theme-tokens.ts'
import type { TerminalSession } from './terminal-session.ts'
import { useTerminals } from './terminals-store.ts'

/** Finds text in what the terminal has shown. */
export function TerminalSearch({ session }: { session: TerminalSession }) {
  const field = useRef<HTMLInputElement>(null)
  const [query, setQuery] = useState('')
  const [isExact, setExact] = useState(false)
  const [result, setResult] = useState<{ index: number; count: number } | null>(null)
  const { search, terminal } = session

  useEffect(() => {
    field.current?.focus()
    const listener = search.onDidChangeResults(({ resultIndex, resultCount }) => setResult({ index: resultIndex, count: resultCount }))
    return () => {
      listener.dispose()
      search.clearDecorations()
    }
  }, [search])

  useEffect(() => {
    if (query === '') {
      search.clearDecorations()
      terminal.clearSelection()
      setResult(null)
    } else {
      search.findPrevious(query, options(isExact))
    }
  }, [query, isExact, search, terminal])

  function close(): void {
    useTerminals.setState({ isSearching: false })
    terminal.focus()
  }

  return (
    <search
      aria-label="Find in terminal"
      className="absolute top-1 right-4 z-10 flex items-center gap-0.5 rounded-control border border-line bg-overlay p-1 shadow-overlay"
      onKeyDown={event => {
        if (event.key === 'Escape') close()
        else if (event.key === 'Enter' && query !== '' && event.target === field.current) {
          if (event.shiftKey) search.findNext(query, options(isExact))
          else search.findPrevious(query, options(isExact))
        } else return
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      <Field ref={field} label="Find in terminal" isLabelHidden placeholder="Find" className="w-52" value={query} onChange={event => setQuery(event.target.value)} end={<span className="tabular bg-surface-2 pl-1">{countWords(result)}</span>} />
      <IconButton icon={CaseSensitive} label="Match case" isPressed={isExact} onClick={() => setExact(!isExact)} />
      <IconButton icon={ArrowUp} label="Previous match" keys="Enter" onClick={() => search.findPrevious(query, options(isExact))} />
      <IconButton icon={ArrowDown} label="Next match" keys="Shift+Enter" onClick={() => search.findNext(query, options(isExact))} />
      <IconButton icon={X} label="Close" keys="Escape" onClick={close} />
      <span role="status" className="sr-only">
        {countWords(result)}
      </span>
    </search>
  )
}

function countWords(result: { index: number; count: number } | null): string {
  if (!result) return ''
  if (result.count === 0) return 'none'
  // The addon stops counting places above its limit.
  return result.index < 0 ? `${result.count}+` : `${result.index + 1} of ${result.count}`
}

function options(isExact: boolean): Parameters<TerminalSession['search']['findNext']>[1] {
  const tokens = themeTokens()
  return {
    caseSensitive: isExact,
    decorations: { matchBackground: tokens.selected, matchOverviewRuler: tokens.warn, activeMatchBackground: tokens.selected, activeMatchBorder: tokens.accent, activeMatchColorOverviewRuler: tokens.accent },
  }
}
