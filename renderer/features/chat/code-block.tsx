import { memo, useRef, useState } from 'react'
import { useActiveEditor } from '../../shell/active-editor.ts'
import { Button } from '../../ui/button.tsx'
import { useOverflow } from '../../ui/use-overflow.ts'
import type { CodeToken } from './highlighter.ts'
import { languageName } from './language-names.ts'
import { insertCode } from './insert-code.ts'
import { InvisibleIn } from './invisible-note.tsx'
import { useCopied } from '../../shell/use-copied.ts'
import { useHighlight } from './use-highlight.ts'

const CLOSED_AT = 4000

/** Code in an answer: its language, copy, insert at the cursor. Wide lines scroll inside. */
export const CodeBlock = memo(function CodeBlock({ code, language }: { code: string; language: string }) {
  const lines = useHighlight(code, language)
  const name = languageName(language)
  const [isCopied, copy] = useCopied()
  const [isOpen, setOpen] = useState(false)
  const canInsert = useActiveEditor(state => state.editor !== null)
  const count = code === '' ? 0 : code.split('\n').length
  const scroller = useRef<HTMLPreElement>(null)
  const isOver = useOverflow(scroller)
  const isCut = !isOpen && count > CLOSED_AT
  return (
    <figure className="my-3 min-w-0 overflow-hidden rounded-[8px] border border-line bg-surface-2" aria-label={`Code, ${name}`}>
      <figcaption className="flex h-8 items-center border-b border-line pr-1 pl-3 text-12 text-muted">
        <span className="min-w-0 flex-1 truncate" title={name}>
          {name}
        </span>
        <Button variant="quiet" size="small" className="font-normal!" onClick={() => copy(code)}>
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
        <Button
          variant="quiet"
          size="small"
          className="text-accent!"
          aria-disabled={!canInsert}
          title={canInsert ? 'Insert at the cursor in the editor' : 'Open a file to insert into'}
          onClick={() => insertCode(code)}
        >
          Insert
        </Button>
      </figcaption>
      <InvisibleIn text={code} place="this code" className="border-b border-line px-3 py-1.5" />
      <pre
        ref={scroller}
        tabIndex={isOver ? 0 : -1}
        {...(isOver ? { role: 'region', 'aria-label': `Code text, ${name}` } : {})}
        className="chat-code scroll-shown focus-inset overflow-x-auto px-3 py-2.5 text-12 leading-[18px]"
      >
        <code className="block w-max min-w-full">{isCut ? code.split('\n').slice(0, CLOSED_AT).join('\n') : lines ? <Lines lines={lines} code={code} /> : code}</code>
      </pre>
      {isCut && (
        <div className="border-t border-line p-1">
          <Button variant="quiet" size="small" onClick={() => setOpen(true)}>
            Show all {count.toLocaleString('en-US')} lines
          </Button>
        </div>
      )}
    </figure>
  )
})

/** Colours may be a moment older than the code: what came since stands after them without. */
function Lines({ lines, code }: { lines: readonly CodeToken[][]; code: string }) {
  const all = code.split('\n')
  return all.map((text, index) => {
    const tokens = lines[index]
    const isCurrent = tokens !== undefined && tokens.map(token => token.text).join('') === text
    return (
      <span key={index}>
        {isCurrent ? tokens.map((token, place) => <span key={place} style={token.colour ? { color: token.colour } : undefined}>{token.text}</span>) : text}
        {index < all.length - 1 ? '\n' : ''}
      </span>
    )
  })
}
