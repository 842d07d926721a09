import type { IDockviewPanelHeaderProps } from 'dockview-react'
import { FileText, Lock, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { classNames } from '../ui/class-names.ts'
import { ContextMenu } from '../ui/context-menu.tsx'
import { Icon } from '../ui/icon.tsx'
import { closePage } from './close-page.ts'
import { useFileLabels } from './file-labels.ts'
import { useFeatureList } from './feature-list.ts'
import { tabMenu } from './page-commands.ts'
import { updatePage, usePages } from './pages.ts'
import { reportFailure } from './report-failure.ts'

/** What a tab shows. The dock's own element is the focusable tab, so nothing in here takes focus; Delete, Ctrl+W and the menu close by keyboard. */
export function EditorTab({ api }: IDockviewPanelHeaderProps) {
  const page = usePages(state => state.pages.find(other => other.id === api.id))
  const icon = useFeatureList(state => (page ? state.pageKinds.get(page.kind)?.icon : undefined)) ?? FileText
  const secretBy = useFileLabels(state => (page?.kind === 'file' ? state.secret.get(page.id.slice('file:'.length))?.rule : undefined))
  const content = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The dock names its own element by the title alone, and that name hides what stands in it.
    const tab = content.current?.closest('[role=tab]')
    if (secretBy === undefined) tab?.removeAttribute('aria-description')
    else tab?.setAttribute('aria-description', `Secret by ${secretBy}, never read by AI`)
  }, [secretBy])
  if (!page) return null
  const close = (): void => {
    closePage(page.id).catch(reportFailure)
  }
  return (
    <ContextMenu entries={tabMenu(page)}>
      <div
        ref={content}
        title={`${page.description ?? page.title}${secretBy === undefined ? '' : `: secret by ${secretBy}, never read by AI`}`}
        data-tab-menu=""
        className="group flex h-full max-w-60 items-center gap-2 pr-2 pl-3.5"
        onDoubleClick={() => updatePage(page.id, { isPreview: false })}
        onMouseDown={event => event.button === 1 && event.preventDefault()}
        onAuxClick={event => event.button === 1 && close()}
      >
        <Icon icon={icon} size={14} className="text-muted" />
        <span className={classNames('truncate', page.isPreview && 'pr-0.5 italic')}>{page.title}</span>
        {secretBy !== undefined && <Icon icon={Lock} size={12} className="text-faint" />}
        <span
          aria-hidden="true"
          data-close-tab={page.id}
          onPointerDown={event => event.stopPropagation()}
          onClick={event => {
            event.stopPropagation()
            close()
          }}
          className="relative grid size-5 shrink-0 place-items-center rounded-small text-muted hover:bg-hover hover:text-text"
        >
          {page.isDirty && <span className="size-2 rounded-small bg-muted group-hover:hidden" />}
          <Icon icon={X} size={14} className={classNames(page.isDirty ? 'hidden group-hover:block' : 'opacity-0 group-hover:opacity-100 in-[.dv-active-tab]:opacity-100')} />
        </span>
      </div>
    </ContextMenu>
  )
}
