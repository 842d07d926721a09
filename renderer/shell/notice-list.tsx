import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { dismissNotice, useNotices } from './notices.ts'

const icons = { info: Info, warn: TriangleAlert, error: CircleAlert } as const
const tones = { info: 'text-muted', warn: 'text-warn', error: 'text-error' } as const

/** At the foot of the window, above the status bar; read out politely. */
export function NoticeList() {
  const notices = useNotices(state => state.notices)
  return (
    <section aria-label="Notices" aria-live="polite" className="pointer-events-none fixed right-3 bottom-9 z-50 flex w-[min(400px,calc(100vw-24px))] flex-col gap-2">
      {notices.map(notice => (
        <div key={notice.id} className="appear pointer-events-auto flex items-start gap-2 rounded-overlay border border-line bg-overlay py-2 pr-2 pl-3 shadow-overlay">
          <Icon icon={icons[notice.tone]} className={`mt-0.5 ${tones[notice.tone]}`} />
          <div className="min-w-0 flex-1">
            <p className="break-words">{notice.text}</p>
            {notice.action && (
              <Button
                size="small"
                className="mt-2"
                onClick={() => {
                  dismissNotice(notice.id)
                  notice.action?.run()
                }}
              >
                {notice.action.label}
              </Button>
            )}
          </div>
          <IconButton icon={X} label="Dismiss" onClick={() => dismissNotice(notice.id)} />
        </div>
      ))}
    </section>
  )
}
