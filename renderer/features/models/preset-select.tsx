import { useEffect } from 'react'
import type { Model } from '#shared/contract/models.ts'
import { useEngine } from '../../rpc/engine.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Select } from '../../ui/select.tsx'
import { choosePreset, readChosen, readPresets, usePresets } from './presets-store.ts'

interface PresetSelectProps {
  model: Model
  label: string
  isLabelHidden?: boolean
}

/** What the answers of a model begin with; a choice holds from its next answer on. */
export function PresetSelect({ model: { id }, label, isLabelHidden = false }: PresetSelectProps) {
  const presets = usePresets(state => state.presets)
  const chosen = usePresets(state => state.chosen[id])
  const changes = useEngine(state => state.optionChanges)
  useEffect(() => {
    const stop = new AbortController()
    Promise.all([readPresets(stop.signal), readChosen(id, stop.signal)]).catch((error: unknown) => !stop.signal.aborted && reportFailure(error))
    return () => stop.abort()
  }, [id, changes])
  return (
    <Select
      label={label}
      isLabelHidden={isLabelHidden}
      isDisabled={presets === null || chosen === undefined}
      value={chosen ?? ''}
      options={presetOptions(presets ?? [])}
      onChange={preset => void choosePreset(id, preset === '' ? null : preset).catch(reportFailure)}
    />
  )
}

/** For a select; empty stands for none. */
export function presetOptions(presets: readonly { id: string; name: string }[]): { value: string; label: string }[] {
  return [{ value: '', label: 'As the settings say' }, ...presets.map(({ id, name }) => ({ value: id, label: name }))]
}
