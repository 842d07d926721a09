import { EyeOff } from 'lucide-react'
import { findInvisible } from '#shared/invisible-characters.ts'
import { invisibleCount, invisibleDetail } from '#shared/invisible-words.ts'
import { classNames } from '../../ui/class-names.ts'
import { Icon } from '../../ui/icon.tsx'

/** "3 invisible characters in README.md", and what they are. */
export function InvisibleNote({ count, detail, place, className }: { count: number; detail: string; place: string; className?: string }) {
  return (
    <p role="note" className={classNames('flex items-start gap-1.5 text-11 text-warn', className)}>
      <Icon icon={EyeOff} size={12} className="mt-0.5" />
      <span className="min-w-0 break-words">
        {invisibleCount(count)} in {place}: {detail}
      </span>
    </p>
  )
}

/** The same for a text that stands in the page. */
export function InvisibleIn({ text, place, className }: { text: string; place: string; className?: string }) {
  const report = findInvisible(text)
  return report.count === 0 ? null : <InvisibleNote count={report.count} detail={invisibleDetail(report)} place={place} {...(className ? { className } : {})} />
}
