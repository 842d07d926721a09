import type { Enforcement } from '#shared/contract/privacy.ts'
import { classNames } from '../../ui/class-names.ts'
import { levelWords, processNames } from './privacy-words.ts'

const tones = { os: 'text-accent', browser: 'text-accent', design: 'text-muted', none: 'text-warn' } as const

/** Process by process: what holds, and what makes it hold. */
export function EnforcementList({ entries }: { entries: readonly Enforcement[] }) {
  return (
    <dl className="mt-3">
      {entries.map(({ process, level, statement }, index) => (
        <div key={`${process}-${index}`} className="grid grid-cols-[88px_minmax(0,1fr)] gap-x-3 border-t border-line py-2">
          <dt className="text-12 font-strong">{processNames[process]}</dt>
          <dd className="text-12">
            <span>{statement}</span>
            <span className={classNames('mt-0.5 block text-11', tones[level])}>{levelWords[level]}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
