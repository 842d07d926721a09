import { Plus, X } from 'lucide-react'
import { useEffect, useId, useState } from 'react'
import type { Model, ModelOptions, SamplingPreset } from '#shared/contract/models.ts'
import { useEngine } from '../../rpc/engine.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { NumberField } from '../../ui/number-field.tsx'
import { Select } from '../../ui/select.tsx'
import { TextArea } from '../../ui/text-area.tsx'
import { readWhole } from './option-values.ts'
import { presetOptions } from './preset-select.tsx'

type Change = (change: Partial<ModelOptions>) => void
const cacheTypes = [
  { value: '', label: 'Automatic' },
  { value: 'f16', label: 'F16, exact' },
  { value: 'q8_0', label: 'Q8, half the memory' },
  { value: 'q4_0', label: 'Q4, a quarter of it' },
] as const
const fillOrders = [
  { value: 'auto', label: 'As its tokens say' },
  { value: 'prefix-first', label: 'Prefix first' },
  { value: 'suffix-first', label: 'Suffix first' },
] as const
const speculations = [
  { value: 'auto', label: 'Where it helps' },
  { value: 'off', label: 'Off' },
  { value: 'lookup', label: 'From the prompt' },
  { value: 'draft', label: 'With the draft model' },
] as const

/** A field for each option; empty leaves the choice to the plan. */
export function OptionFields({ model, presets, drafts, options, onChange }: { model: Model; presets: readonly SamplingPreset[]; drafts: readonly string[]; options: ModelOptions; onChange: Change }) {
  const isText = model.use === 'generate'
  return (
    <div className="grid grid-cols-2 items-start gap-x-3 gap-y-3 @max-[380px]:grid-cols-1">
      <WholeField label="Context, tokens" value={options.contextTokens} min={1} max={100_000_000} onChange={contextTokens => onChange({ contextTokens })} />
      <Select label="Context cache" value={options.kvCacheType ?? ''} options={cacheTypes} onChange={value => onChange({ kvCacheType: value === '' ? null : value })} />
      <WholeField label="Answers at a time" value={options.sequences} min={1} max={64} onChange={sequences => onChange({ sequences })} />
      <WholeField label="Layers on the graphics card" value={options.gpuLayers} min={0} max={10_000} onChange={gpuLayers => onChange({ gpuLayers })} />
      <WholeField label="Threads" value={options.threads} min={1} max={1024} onChange={threads => onChange({ threads })} />
      <WholeField label="Batch, tokens" value={options.batchTokens} min={32} max={4096} onChange={batchTokens => onChange({ batchTokens })} />
      {isText && (
        <>
          <Select label="Sampling preset" value={options.preset ?? ''} options={presetOptions(presets)} onChange={preset => onChange({ preset: preset === '' ? null : preset })} />
          <Select label="Fill order" value={options.fillOrder} options={fillOrders} onChange={fillOrder => onChange({ fillOrder })} />
          <Select label="Speculation" value={options.speculation} options={speculations} onChange={speculation => onChange({ speculation })} />
          <DraftField drafts={drafts} chosen={options.draft} onChange={draft => onChange(draft === null ? { draft } : { draft, ...(options.speculation === 'off' ? { speculation: 'auto' } : {}) })} />
          <Loras loras={options.loras} onChange={loras => onChange({ loras })} />
          <TextArea
            label="Chat template"
            description="A Jinja template in its place."
            className="col-span-full"
            rows={3}
            placeholder="The file’s own"
            value={options.chatTemplate ?? ''}
            onChange={event => onChange({ chatTemplate: event.target.value === '' ? null : event.target.value })}
          />
        </>
      )}
    </div>
  )
}

/** One that was chosen elsewhere stands there too, so that it can be taken off. */
function DraftField({ drafts, chosen, onChange }: { drafts: readonly string[]; chosen: string | null; onChange: (draft: string | null) => void }) {
  const models = useEngine(state => state.models)
  const noteId = useId()
  const ids = chosen === null || drafts.includes(chosen) ? drafts : [...drafts, chosen]
  const options = ids.map(id => ({ value: id, label: models.find(model => model.id === id)?.name ?? id }))
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <Select label="Draft model" value={chosen ?? ''} options={[{ value: '', label: 'None' }, ...options]} isDisabled={ids.length === 0} onChange={draft => onChange(draft === '' ? null : draft)} {...(drafts.length === 0 && { describedBy: noteId })} />
      {drafts.length === 0 && (
        <p id={noteId} className="text-12 text-muted">
          No smaller model on the list has its vocabulary.
        </p>
      )}
    </div>
  )
}

function WholeField({ label, value, min, max, onChange }: { label: string; value: number | null; min: number; max: number; onChange: (value: number | null) => void }) {
  const [text, setText] = useState(value === null ? '' : String(value))
  useEffect(() => setText(before => (readWhole(before, { min, max }) === value ? before : value === null ? '' : String(value))), [value, min, max])
  const isWrong = readWhole(text, { min, max }) === undefined
  return (
    <Field
      label={label}
      placeholder="Automatic"
      inputMode="numeric"
      className="tabular"
      value={text}
      error={isWrong ? `A whole number from ${min.toLocaleString('en-US')} to ${max.toLocaleString('en-US')}, or empty.` : null}
      onChange={event => {
        setText(event.target.value)
        const read = readWhole(event.target.value, { min, max })
        if (read !== undefined) onChange(read)
      }}
    />
  )
}

function Loras({ loras, onChange }: { loras: ModelOptions['loras']; onChange: (loras: ModelOptions['loras']) => void }) {
  const set = (at: number, change: Partial<ModelOptions['loras'][number]>): void => onChange(loras.map((lora, index) => (index === at ? { ...lora, ...change } : lora)))
  return (
    <fieldset className="col-span-full flex min-w-0 flex-col gap-2">
      <legend className="mb-1 text-12 font-strong">LoRA adapters</legend>
      {loras.map((lora, index) => (
        <div key={index} className="flex items-start gap-2">
          <Field label={`Path of adapter ${index + 1}`} isLabelHidden placeholder="/home/you/models/adapter.gguf" isMonospaced className="flex-1" value={lora.path} onChange={event => set(index, { path: event.target.value })} />
          <NumberField label={`Scale of adapter ${index + 1}`} isLabelHidden min={-10} max={10} step={0.1} className="w-18" value={lora.scale} onChange={scale => set(index, { scale })} />
          <IconButton icon={X} label={`Leave out adapter ${index + 1}`} onClick={() => onChange(loras.filter((_, at) => at !== index))} />
        </div>
      ))}
      <Button size="small" icon={Plus} className="w-fit" disabled={loras.length >= 16} onClick={() => onChange([...loras, { path: '', scale: 1 }])}>
        Add an adapter
      </Button>
    </fieldset>
  )
}
