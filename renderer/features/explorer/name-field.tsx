import { useEffect, useRef, useState } from 'react'
import { nameOf } from '#shared/relative-path.ts'
import { errorWords } from '../../shell/error-words.ts'
import { editProblem, endEdit, finishEdit } from './explorer-actions.ts'
import type { NameEdit } from './explorer-store.ts'
import { focusTree } from './tree-focus.ts'

/** The field in which a name is typed, in the place where the entry stands or will stand. */
export function NameField({ edit }: { edit: NameEdit }) {
  const field = useRef<HTMLInputElement>(null)
  const initial = edit.kind === 'rename' ? nameOf(edit.path) : ''
  const [name, setName] = useState(initial)
  const [failure, setFailure] = useState<string | null>(null)
  const isOver = useRef(false)
  const problem = failure ?? (name === '' || name === initial ? null : editProblem(edit, name))
  const label = edit.kind === 'rename' ? `New name of ${initial}` : edit.entryKind === 'folder' ? 'Name of the new folder' : 'Name of the new file'

  useEffect(() => {
    const dot = initial.lastIndexOf('.')
    field.current?.focus()
    field.current?.setSelectionRange(0, dot > 0 ? dot : initial.length)
  }, [initial])

  const end = (returnsFocus: boolean): void => {
    isOver.current = true
    endEdit()
    if (returnsFocus) focusTree()
  }
  const finish = async (returnsFocus: boolean): Promise<void> => {
    if (isOver.current) return
    if (name === '' || name === initial) return end(returnsFocus)
    if (editProblem(edit, name)) return returnsFocus ? field.current?.focus() : end(false)
    isOver.current = true
    try {
      await finishEdit(edit, name)
      end(returnsFocus && edit.kind === 'rename')
    } catch (error) {
      isOver.current = false
      const { what, why } = errorWords(error)
      setFailure(`${what} ${why}`)
      field.current?.focus()
    }
  }
  return (
    <span className="relative flex min-w-0 flex-1 items-center">
      <input
        ref={field}
        aria-label={label}
        aria-invalid={problem !== null}
        aria-describedby={problem ? 'explorer-name-problem' : undefined}
        value={name}
        spellCheck={false}
        autoComplete="off"
        onChange={event => {
          setName(event.target.value)
          setFailure(null)
        }}
        onKeyDown={event => {
          event.stopPropagation()
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Enter') void finish(true)
          else if (event.key === 'Escape') end(true)
        }}
        onBlur={() => void finish(false)}
        className="h-5.5 w-full min-w-0 rounded-small border border-accent bg-surface-2 px-1 text-13 focus-none"
      />
      {problem && (
        <span id="explorer-name-problem" role="alert" className="absolute top-full right-0 left-0 z-20 mt-px rounded-small border border-error bg-overlay px-2 py-1 text-12 break-words whitespace-normal shadow-overlay">
          {problem}
        </span>
      )}
    </span>
  )
}
