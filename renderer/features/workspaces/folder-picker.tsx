import { ArrowUp, Eye, EyeOff, Folder, FolderLock, House } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { openFolder } from '../../shell/open-workspace.ts'
import { errorWords } from '../../shell/error-words.ts'
import { useSession } from '../../shell/session.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { LiveRegion } from '../../ui/live-region.tsx'
import { completions, splitTypedPath } from './typed-path.ts'
import { useFolderListing } from './use-folder-listing.ts'
import { setPickerOpen, useWorkspaces } from './workspaces-store.ts'

export function FolderPicker() {
  const isOpen = useWorkspaces(state => state.isPickerOpen)
  return isOpen ? <Picker /> : null
}

function Picker() {
  const home = useSession(state => state.info?.homeFolder ?? '/')
  const current = useSession(state => state.workspace?.path ?? null)
  const [typed, setTyped] = useState(current ? withSlash(current) : '~/')
  const [showHidden, setShowHidden] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [isOpening, setIsOpening] = useState(false)
  const [active, setActive] = useState(-1)
  const list = useRef<HTMLUListElement>(null)
  const { folder, start } = splitTypedPath(typed, home)
  const { listing, error, isLoading } = useFolderListing(folder)
  // The listing may still be that of the path before.
  const above = listing && !isLoading && !error ? listing.parent : splitTypedPath(folder, home).folder
  const folders = listing && !error ? completions(listing.folders, start, showHidden) : []

  useEffect(() => setActive(-1), [typed])
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const go = (path: string): void => {
    setFailure(null)
    setTyped(withSlash(path))
  }
  const open = async (path: string): Promise<void> => {
    setIsOpening(true)
    try {
      await openFolder(path)
      setPickerOpen(false)
    } catch (problem) {
      setFailure(problem)
      setIsOpening(false)
    }
  }
  const target = typed === '~' ? home : withoutSlash(typed.replace(/^~(?=[\\/])/, home))
  const chosen = folders[active]
  const shown = failure ?? error

  return (
    <Dialog
      isOpen
      onClose={() => setPickerOpen(false)}
      title="Open folder"
      width={600}
      footer={
        <>
          <Button onClick={() => setPickerOpen(false)}>Cancel</Button>
          <Button variant="primary" disabled={isOpening || shown !== null} onClick={() => void open(target)}>
            Open {nameOf(target)}
          </Button>
        </>
      }
    >
      <div className="flex items-end gap-1">
        <Field
          label="Path"
          isLabelHidden
          isMonospaced
          className="flex-1"
          data-autofocus
          role="combobox"
          aria-expanded
          aria-controls="folder-list"
          aria-activedescendant={chosen ? `folder-${active}` : undefined}
          aria-autocomplete="list"
          value={typed}
          onChange={event => {
            setFailure(null)
            setTyped(event.target.value)
          }}
          onKeyDown={event => {
            if (event.key === 'ArrowDown') setActive(at => Math.min(at + 1, folders.length - 1))
            else if (event.key === 'ArrowUp') setActive(at => Math.max(at - 1, -1))
            else if (event.key === 'Tab' && !event.shiftKey && (chosen ?? (start !== '' ? folders[0] : undefined))) go((chosen ?? folders[0])?.path ?? typed)
            else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
              if (chosen) go(chosen.path)
              else void open(target)
            } else return
            event.preventDefault()
          }}
        />
        <IconButton icon={ArrowUp} label="Folder above" disabled={above === null || above === folder} onClick={() => above !== null && go(above)} />
        <IconButton icon={House} label="Home folder" onClick={() => go(home)} />
        <IconButton icon={showHidden ? Eye : EyeOff} label="Hidden folders" isPressed={showHidden} onClick={() => setShowHidden(!showHidden)} />
      </div>
      {shown ? (
        <p role="alert" className="pt-2 text-12 break-words text-error">
          {failureLine(shown)}
        </p>
      ) : null}
      <ul ref={list} id="folder-list" role="listbox" aria-label="Folders" className="mt-2 h-72 min-h-32 overflow-y-auto rounded-control border border-line bg-surface-2 p-1">
        {folders.map((entry, index) => (
          <li
            key={entry.path}
            id={`folder-${index}`}
            role="option"
            aria-selected={index === active}
            aria-disabled={!entry.isReadable}
            onClick={() => entry.isReadable && go(entry.path)}
            className={classNames('row-height flex items-center gap-2 rounded-[5px] px-2', index === active ? 'bg-selected' : 'hover:bg-hover', !entry.isReadable && 'text-faint')}
          >
            <Icon icon={entry.isReadable ? Folder : FolderLock} size={14} className="text-muted" />
            <span className="min-w-0 flex-1 truncate">{entry.name}</span>
            {!entry.isReadable && <span className="text-11">not readable</span>}
          </li>
        ))}
      </ul>
      <p className="pt-1.5 text-11 text-faint">{footLine(folders.length, { isLoading, isTruncated: listing?.isTruncated ?? false, hasFailed: shown !== null })}</p>
      <LiveRegion text={isLoading || shown !== null ? '' : `${folders.length} folders`} />
    </Dialog>
  )
}

function failureLine(error: unknown): string {
  const { what, next } = errorWords(error)
  return `${what} ${next}`
}

function footLine(count: number, { isLoading, isTruncated, hasFailed }: { isLoading: boolean; isTruncated: boolean; hasFailed: boolean }): string {
  if (hasFailed) return 'Nothing to list here.'
  if (isLoading && count === 0) return 'Listing folders'
  if (count === 0) return 'No folders in here. Enter opens this one.'
  return `${count.toLocaleString('en')} ${count === 1 ? 'folder' : 'folders'}${isTruncated ? ', more are not listed' : ''}. Tab completes, Enter opens.`
}

const withSlash = (path: string): string => (/[\\/]$/.test(path) ? path : `${path}/`)
const withoutSlash = (path: string): string => (path.length > 1 ? path.replace(/[\\/]+$/, '') || '/' : path)
const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) || path
