import { useEffect, useId, useState } from 'react'
import type { Model, ModelOptions } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { Button } from '../../ui/button.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { FailureNote } from './failure-note.tsx'
import { loadModelAs } from './load-model-as.ts'
import { OptionFields } from './option-fields.tsx'
import { automaticOptions, changedOptions, wholeOptions } from './option-values.ts'
import { PlanPreview } from './plan-preview.tsx'
import { openModelsDialog } from './models-view-store.ts'
import { keepChosen, readPresets, usePresets } from './presets-store.ts'
import { useWrongField } from './use-wrong-field.ts'

/** How the model is loaded. What is changed here shows its plan at once and holds from the next load on, the preset from the next answer. */
export function ModelOptionsPanel({ model }: { model: Model }) {
  const [kept, setKept] = useState<ModelOptions | null>(null)
  const [draft, setDraft] = useState<ModelOptions | null>(null)
  const [drafts, setDrafts] = useState<readonly string[]>([])
  const presets = usePresets(state => state.presets) ?? []
  const [fields, setFields] = useState<HTMLDivElement | null>(null)
  const wrong = useWrongField(fields)
  const reason = useId()
  /** Counts how often all was left to the plan: what a field held back is gone then too. */
  const [resets, setResets] = useState(0)
  const [failure, setFailure] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    const stop = new AbortController()
    const { signal } = stop
    Promise.all([client.models.options({ id: model.id }, { signal }), readPresets(signal)]).then(
      ([{ drafts: ids, ...options }]) => {
        setDrafts(ids)
        setKept(options)
        setDraft(options)
      },
      (error: unknown) => !signal.aborted && setFailure(error),
    )
    return () => stop.abort()
  }, [model.id])
  if (!draft || !kept) return failure === null ? <LoadingState text="Reading its options" /> : <FailureNote failure={failure} />
  const changes = changedOptions(kept, draft)
  const isChanged = Object.keys(changes).length > 0
  async function keep(options: ModelOptions): Promise<boolean> {
    // What a field calls wrong is not what would be kept.
    const field = fields?.querySelector<HTMLElement>('[aria-invalid=true]')
    if (field) {
      field.focus()
      return false
    }
    setBusy(true)
    setFailure(null)
    try {
      const next = await client.models.configure({ id: model.id, options: wholeOptions(options) })
      keepChosen(model.id, next.preset)
      setKept(next)
      setDraft(next)
      return true
    } catch (error) {
      setFailure(error)
      return false
    } finally {
      setBusy(false)
    }
  }
  const load = async (options: ModelOptions): Promise<void> => {
    if (!(await keep(options))) return
    openModelsDialog(null)
    await loadModelAs(model.id)
  }
  return (
    <div className="@container flex flex-col gap-4">
      <div ref={setFields} className="grid grid-cols-[minmax(0,1fr)_260px] gap-6 @max-[620px]:grid-cols-1">
        <OptionFields key={resets} model={model} presets={presets} drafts={drafts} options={draft} onChange={change => setDraft({ ...draft, ...change })} />
        <PlanPreview model={model} changes={changes} waitsFor={wrong} onTake={change => setDraft({ ...draft, ...change })} />
      </div>
      {failure !== null && <FailureNote failure={failure} />}
      <div className="sticky bottom-0 flex flex-wrap justify-end gap-2 border-t border-line bg-overlay py-3">
        {wrong !== null && (
          <p id={reason} className="mr-auto min-w-0 self-center text-12 break-words text-muted">
            {wrong}: not a right number yet.
          </p>
        )}
        <Button
          variant="quiet"
          disabled={isBusy}
          onClick={() => {
            setDraft(automaticOptions)
            setResets(resets + 1)
          }}
        >
          All automatic
        </Button>
        <Button disabled={isBusy || !isChanged} {...(wrong !== null && { 'aria-disabled': true, 'aria-describedby': reason })} onClick={() => void keep(draft)}>
          Keep for the next load
        </Button>
        <Button variant="primary" disabled={isBusy} {...(wrong !== null && { 'aria-disabled': true, 'aria-describedby': reason })} onClick={() => void load(draft)}>
          {isChanged ? 'Keep and load' : 'Load'}
        </Button>
      </div>
    </div>
  )
}
