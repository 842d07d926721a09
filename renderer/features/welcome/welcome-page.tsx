import { Folder, FolderOpen, X } from 'lucide-react'
import { useRef, useState } from 'react'
import type { RecentFolder } from '#shared/contract/workspaces.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { runCommand } from '../../shell/commands.ts'
import type { PageProps } from '../../shell/feature.ts'
import { usePageFocus } from '../../shell/page-focus.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession } from '../../shell/session.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Keys } from '../../ui/keys.tsx'
import { whenText } from '../../ui/when.ts'
import { StarterNotice } from './starter-notice.tsx'

const run = (id: string, argument?: unknown): void => void runCommand(id, argument).catch(reportFailure)

const keys = [
  { words: 'Go to file', binding: 'Ctrl+P' },
  { words: 'All commands', binding: 'Ctrl+Shift+P' },
  { words: 'Open folder', binding: 'Ctrl+O' },
  { words: 'Settings', binding: 'Ctrl+,' },
  { words: 'Next part of the window', binding: 'F6' },
]

export function WelcomePage({ page, isActive }: PageProps) {
  const open = useRef<HTMLButtonElement>(null)
  usePageFocus(page.id, isActive, open)
  const [recent, setRecent] = useState<readonly RecentFolder[] | null>(null)
  const version = useSession(state => state.info?.version)
  useWatch(async signal => await client.workspaces.watch(undefined, { signal }), event => event.type === 'snapshot' && setRecent(event.recent), [])
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-180 px-8 pt-[12vh] pb-12 max-[720px]:px-4 max-[720px]:pt-8">
        <h1 className="text-20 font-strong">Cortex {version && <span className="tabular text-13 font-normal text-faint">{version}</span>}</h1>
        <p className="mt-1 text-muted">Edit, complete and ask, with a model that runs on this machine.</p>
        <Button ref={open} variant="primary" icon={FolderOpen} className="mt-5" onClick={() => run('workspaces.open')}>
          Open folder
        </Button>
        <div className="mt-9 grid grid-cols-[minmax(0,1fr)_220px] gap-10 max-[720px]:grid-cols-1">
          <section aria-label="Recent folders">
            <h2 className="mb-1 text-12 font-strong text-muted">Recent</h2>
            {recent?.length === 0 && <p className="text-muted">Folders that you open are listed here.</p>}
            <ul className="-mx-2">
              {recent?.map(folder => (
                <Recent key={folder.path} folder={folder} />
              ))}
            </ul>
          </section>
          <section aria-label="Keys">
            <h2 className="mb-1 text-12 font-strong text-muted">Keys</h2>
            <dl>
              {keys.map(({ words, binding }) => (
                <div key={binding} className="flex h-7 items-center justify-between gap-2">
                  <dt className="text-muted">{words}</dt>
                  <dd>
                    <Keys binding={binding} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        </div>
        <StarterNotice />
      </div>
    </div>
  )
}

function Recent({ folder }: { folder: RecentFolder }) {
  const forget = (): void => void client.workspaces.forget({ path: folder.path }).catch(reportFailure)
  return (
    <li className="group relative flex items-center">
      <button
        type="button"
        disabled={folder.isMissing}
        onClick={() => run('workspaces.open', folder.path)}
        onKeyDown={event => event.key === 'Delete' && forget()}
        className="focus-inset flex min-h-9 min-w-0 flex-1 items-center gap-2.5 rounded-control px-2 text-left hover:bg-hover disabled:text-faint"
      >
        <Icon icon={Folder} className="text-muted" />
        <span className="min-w-0 flex-1 truncate">
          {folder.name} <span className="pl-1 text-12 text-faint">{folder.isMissing ? 'not there now' : folder.displayPath}</span>
        </span>
        <span className="tabular shrink-0 pr-7 text-11 text-faint">{whenText(folder.openedAt)}</span>
      </button>
      <IconButton icon={X} iconSize={14} label={`Take ${folder.name} off the list`} onClick={forget} className="absolute right-1 opacity-0 group-hover:opacity-100 focus-visible:opacity-100" />
    </li>
  )
}
