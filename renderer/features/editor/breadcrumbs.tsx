import { foldersAbove, nameOf, shownName } from '#shared/relative-path.ts'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { untitledNumber } from './documents/document-state.ts'

/** Where the file stands; a folder is shown in the explorer on a click. */
export function Breadcrumbs({ path }: { path: string }) {
  const number = untitledNumber(path)
  const folders = number === null ? foldersAbove(path) : []
  return (
    <nav aria-label="Path of the file" className="h-7 min-w-0 shrink-0 bg-surface-2 px-4 text-12 text-muted" title={number === null ? shownName(path) : undefined}>
      <ol className="flex h-full min-w-0 items-center gap-1.5 overflow-hidden">
        {folders.map(folder => (
          <li key={folder} className="flex min-w-0 shrink items-center gap-1.5">
            <button type="button" onClick={() => void runCommand('explorer.reveal', folder).catch(reportFailure)} className="focus-inset min-w-0 truncate rounded-small hover:text-text">
              {shownName(nameOf(folder))}
            </button>
            <span aria-hidden="true" className="text-faint">
              /
            </span>
          </li>
        ))}
        <li aria-current="page" className="min-w-0 shrink-0 truncate">
          {number === null ? shownName(nameOf(path)) : `Untitled ${number}`}
        </li>
      </ol>
    </nav>
  )
}
