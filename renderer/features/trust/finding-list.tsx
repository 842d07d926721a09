import type { TrustFinding } from '#shared/contract/trust.ts'
import { invisibleCount } from '#shared/invisible-words.ts'

const kindWords: Record<TrustFinding['kind'], string> = {
  task: 'Task',
  hook: 'Hook',
  settings: 'Settings',
  tool: 'Tool',
  container: 'Container',
  script: 'Script',
  rules: 'Rules',
  configuration: 'Configuration',
}

/** What the folder holds that would run or give orders. */
export function FindingList({ findings }: { findings: readonly TrustFinding[] }) {
  if (findings.length === 0) return <p className="text-muted">Nothing in it is known to run or to give orders.</p>
  return (
    <>
      <p className="pb-1 text-12 text-muted">It holds what some tools run or obey; Cortex has run none of it:</p>
      <ul aria-label="What the folder would run" tabIndex={0} className="focus-inset max-h-80 overflow-y-auto rounded-control border border-line bg-surface-2 px-3 py-1 text-12">
        {findings.toSorted((one, other) => other.invisibleCount - one.invisibleCount).map(({ path, kind, note, invisibleCount: count, invisibleDetail }) => (
          <li key={path} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 py-1.5 not-first:border-t not-first:border-line">
            <span className="font-mono break-all">{path}</span>
            <span className="text-faint">{kindWords[kind]}</span>
            <span className="col-span-2 text-muted">{note}</span>
            {count > 0 && (
              <span className="col-span-2 break-words text-warn">
                {invisibleCount(count)}: {invisibleDetail}
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
