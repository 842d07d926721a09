import { settingDefinitions, type Settings } from '#shared/setting-definitions.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { setUserSetting, useSettings } from '../../shell/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Select } from '../../ui/select.tsx'

const keys = ['privacy.keepConversations', 'privacy.keepLedger', 'privacy.keepLogs'] as const

/** How long each kind is kept. */
export function RetentionDialog({ onClose }: { onClose: () => void }) {
  const values = useSettings(state => state.values)
  return (
    <Dialog isOpen hasCloseButton={false} onClose={onClose} title="Retention" description="What is older is deleted for good, at the start and once an hour. Backups keep it for up to seven days more." footer={<Button variant="primary" onClick={onClose}>Done</Button>}>
      <div className="flex flex-col gap-3 pb-1">
        {keys.map(key => (
          <Select<Settings[typeof key]>
            key={key}
            label={settingDefinitions[key].title}
            value={values[key]}
            options={settingDefinitions[key].control.options}
            onChange={value => void setUserSetting(key, value).catch(reportFailure)}
          />
        ))}
      </div>
    </Dialog>
  )
}
