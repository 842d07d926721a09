import type { Enforcement } from '#shared/contract/privacy.ts'
import { classNames } from '../../ui/class-names.ts'
import { enforcedBy, processNames } from './privacy-words.ts'

const tones = { accent: 'text-accent', plain: 'text-faint', warn: 'text-warn' } as const

/** Process by process: what holds, and what makes it hold. */
export function EnforcementList({ entries }: { entries: readonly Enforcement[] }) {
  return (
    <dl className="mt-3">
      {entries.map(entry => {
        const { words, tone } = enforcedBy(entry)
        return (
          <div key={entry.process} className="grid grid-cols-[88px_minmax(0,1fr)] gap-x-3 border-t border-line py-2">
            <dt className="text-12 font-strong">{processNames[entry.process]}</dt>
            <dd className="text-12">
              <span>{entry.statement}</span>
              <span className={classNames('mt-0.5 block text-11', tones[tone])}>{words}</span>
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
