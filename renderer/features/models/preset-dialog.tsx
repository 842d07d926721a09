import { useEffect, useRef, useState } from 'react'
import type { SamplingPreset } from '#shared/contract/models.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { TextArea } from '../../ui/text-area.tsx'
import { FailureNote } from './failure-note.tsx'
import { openModelsDialog } from './models-view-store.ts'
import { copyName, draftOf, figureFields, readDraft, type PresetProblems } from './preset-values.ts'
import { savePreset, usePresets } from './presets-store.ts'
import { useDialogWork } from './use-dialog-work.ts'

/** Makes a preset, from nothing or from another, or changes one that was saved. */
export function PresetDialog({ from, isChange }: { from: SamplingPreset | null; isChange: boolean }) {
  const presets = usePresets(state => state.presets) ?? []
  const taken = presets.filter(({ id }) => !isChange || id !== from?.id).map(({ name }) => name)
  const [draft, setDraft] = useState(() => draftOf({ temperature: 0.7, sampling: {}, ...from, name: from === null ? '' : isChange ? from.name : copyName(from.name, taken) }))
  /** Fields that were left once: before that, nothing is called wrong. */
  const [left, setLeft] = useState<readonly string[]>([])
  const [attempts, setAttempts] = useState(0)
  const { isBusy, failure, run } = useDialogWork()
  const form = useRef<HTMLFormElement>(null)
  const { value, problems } = readDraft(draft, taken)
  const shown = (key: keyof PresetProblems): string | null => ((attempts > 0 || left.includes(key)) && problems?.[key]) || null
  const leave = (key: string) => (): void => setLeft(before => (before.includes(key) ? before : [...before, key]))
  const close = (): void => openModelsDialog(null)
  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [attempts])
  const save = (): void => {
    if (value === null) setAttempts(before => before + 1)
    else
      run(async () => {
        await savePreset(isChange ? (from?.id ?? null) : null, value)
        close()
      })
  }
  return (
    <Dialog
      isOpen
      onClose={close}
      width={520}
      title={isChange && from ? `Edit ${from.name}` : 'New sampling preset'}
      description="How each next token is chosen. What is empty is off."
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" form="models-preset" disabled={isBusy}>
            Save
          </Button>
        </>
      }
    >
      <form
        ref={form}
        id="models-preset"
        noValidate
        className="@container flex flex-col gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy) save()
        }}
      >
        <Field label="Name" placeholder="For tests" data-autofocus value={draft.name} error={shown('name')} onBlur={leave('name')} onChange={event => setDraft({ ...draft, name: event.target.value })} />
        <div className="grid grid-cols-2 items-start gap-3 @max-[380px]:grid-cols-1">
          {figureFields.map(({ key, label, description, usual = 'Off' }) => (
            <Field
              key={key}
              label={label}
              description={description}
              placeholder={key === 'temperature' ? '' : usual}
              inputMode="decimal"
              className="tabular"
              value={draft.figures[key]}
              error={shown(key)}
              onBlur={leave(key)}
              onChange={event => setDraft({ ...draft, figures: { ...draft.figures, [key]: event.target.value } })}
            />
          ))}
        </div>
        <TextArea
          label="Weighed tokens"
          description="A token number and its bias on each line; -100 forbids it."
          rows={2}
          placeholder="13 -100"
          value={draft.bias}
          error={shown('bias')}
          onBlur={leave('bias')}
          onChange={event => setDraft({ ...draft, bias: event.target.value })}
        />
        {failure !== null && <FailureNote failure={failure} />}
      </form>
    </Dialog>
  )
}
