import { TriangleAlert } from 'lucide-react'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSettings } from '../../shell/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { Scope } from './setting-rows.ts'

/** What is wrong in the files, above the rows; the defaults are in force there. */
export function SettingsProblems({ scope }: { scope: Scope }) {
  const problems = useSettings(state => state.problems)
  if (problems.length === 0) return null
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
