import { ShieldQuestionMark, TriangleAlert } from 'lucide-react'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSettings } from '../../shell/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { Scope } from './setting-rows.ts'

/** What is wrong in the files, above the rows; the defaults are in force there. */
export function SettingsProblems({ scope }: { scope: Scope }) {
  const problems = useSettings(state => state.problems)
  const heldBack = useSettings(state => state.heldBack)
  if (problems.length === 0) return heldBack.length > 0 ? <HeldBack keys={heldBack} /> : null
  return (
    <div role="alert" className="mt-4 flex items-start gap-3 rounded-control border border-warn bg-warn-soft px-3 py-2">
      <Icon icon={TriangleAlert} className="mt-0.5 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="font-strong">{problems.length === 1 ? 'A setting is not valid; its default is in force.' : `${problems.length} settings are not valid; their defaults are in force.`}</p>
        <ul className="mt-1 text-12 text-muted">
          {problems.map(problem => (
            <li key={`${problem.source}${problem.key ?? ''}${problem.message}`} className="break-words">
              {problem.key ? `${problem.key}: ` : ''}
              {problem.message}
            </li>
          ))}
        </ul>
      </div>
      <Button size="small" onClick={() => void runCommand('settings.openJson', scope).catch(reportFailure)}>
        Edit the file
      </Button>
    </div>
  )
}

/** What the folder's file sets and what waits for trust. */
function HeldBack({ keys }: { keys: readonly string[] }) {
  return (
    <div role="status" className="mt-4 flex items-start gap-3 rounded-control border border-line px-3 py-2">
      <Icon icon={ShieldQuestionMark} className="mt-0.5 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="font-strong">{keys.length === 1 ? 'One setting of this folder does not hold while the folder is restricted.' : `${keys.length} settings of this folder do not hold while the folder is restricted.`}</p>
        <p className="mt-1 text-12 break-words text-muted">{keys.join(', ')}</p>
      </div>
      <Button size="small" onClick={() => void runCommand('trust.show').catch(reportFailure)}>
        Review the folder
      </Button>
    </div>
  )
}
