import { useEffect, useState } from 'react'
import { settingDefinitions, type SettingKey } from '#shared/setting-definitions.ts'
import { Field } from '../../ui/field.tsx'
import { NumberField } from '../../ui/number-field.tsx'
import { Select } from '../../ui/select.tsx'
import { Switch } from '../../ui/switch.tsx'

export interface SettingControlProps {
  settingKey: SettingKey
  value: unknown
  isDisabled: boolean
  describedBy: string
  onChange: (value: unknown) => void
}

/** The control that a setting's definition asks for. */
export function SettingControl({ settingKey, value, isDisabled, describedBy, onChange }: SettingControlProps) {
  const { control, title } = settingDefinitions[settingKey]
  if (control.kind === 'switch') return <Switch label={title} isOn={value === true} isDisabled={isDisabled} describedBy={describedBy} onChange={onChange} />
  if (control.kind === 'choice') {
    const options: readonly { value: string; label: string }[] = control.options
    return <Select label={title} isLabelHidden value={String(value)} options={options} isDisabled={isDisabled} describedBy={describedBy} onChange={onChange} className="w-44" />
  }
  if (control.kind === 'number') return <NumberField label={title} isLabelHidden value={Number(value)} {...control} isDisabled={isDisabled} onChange={onChange} className="w-44" />
  return <TextControl label={title} value={String(value)} isDisabled={isDisabled} onChange={onChange} />
}

/** Text goes to the file when the field is left or Enter is pressed. */
function TextControl({ label, value, isDisabled, onChange }: { label: string; value: string; isDisabled: boolean; onChange: (value: string) => void }) {
  const [draft, setDraft] = useState(value)
  useEffect(() => setDraft(value), [value])
  const commit = (): void => {
    if (draft !== value) onChange(draft)
  }
  return (
    <Field
      label={label}
      isLabelHidden
      isMonospaced
      className="w-full max-w-96"
      value={draft}
      disabled={isDisabled}
      placeholder="Not set"
      onChange={event => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={event => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape') setDraft(value)
      }}
    />
  )
}
