import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { settingDefinitions } from '#shared/setting-definitions.ts'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { useSession } from '../../shell/session.ts'
import { useSettings } from '../../shell/settings.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { SettingControl } from './setting-control.tsx'
import { lockReason, sourceWords, type Scope, type SettingRow as Row } from './setting-rows.ts'

/** One setting: words at the left, its control at the right, and where the value comes from. */
export function SettingRow({ row, scope }: { row: Row; scope: Scope }) {
  const { key, title, description } = row
  const value = useSettings(state => state.values[key])
  const source = useSettings(state => state.sources[key]) ?? 'default'
  const problem = useSettings(state => state.problems.find(other => other.key === key))?.message
  const workspaceId = useSession(state => state.workspace?.id ?? null)
  const [failure, setFailure] = useState<unknown>(null)
  const locked = lockReason(key, scope, source)
  const isSetHere = source === scope
  const isWide = settingDefinitions[key].control.kind === 'text'
  const helpId = `setting-${key.replace('.', '-')}`

  const set = (next: unknown): void => {
    setFailure(null)
    client.settings.set({ scope, workspaceId: scope === 'workspace' ? workspaceId : null, key, value: next }).catch(setFailure)
  }
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-2 border-b border-line py-3" data-setting={key}>
      <div className="min-w-48 flex-1">
        <h3 className="flex flex-wrap items-baseline gap-x-2 font-strong">
          {title}
          <span className="text-11 font-normal text-faint">{source === 'default' ? '' : sourceWords[source]}</span>
        </h3>
        <p id={helpId} className="text-12 text-muted">
          {description}
        </p>
        {locked && <p className="mt-1 text-12 text-muted">{locked}</p>}
        {problem && <p className="mt-1 text-12 text-warn">{problem}</p>}
        {failure !== null && (
          <p role="alert" className="mt-1 text-12 text-error">
            {errorWords(failure).what} {errorWords(failure).next}
          </p>
        )}
      </div>
      <div className={isWide ? 'flex w-full items-center gap-1 md:w-96' : 'flex w-52 items-center justify-end gap-1'}>
        {isSetHere && !locked && <IconButton icon={RotateCcw} iconSize={14} label={`Reset ${title.toLowerCase()} to the default`} onClick={() => set(null)} />}
        <SettingControl settingKey={key} value={value} isDisabled={locked !== null} describedBy={helpId} onChange={set} />
      </div>
    </li>
  )
}
