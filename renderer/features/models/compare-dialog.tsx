import { useEffect, useMemo, useState } from 'react'
import { leastCompared, mostCompared, type ComparedModel } from '#shared/contract/library.ts'
import { client } from '../../rpc/client.ts'
import { useEngine } from '../../rpc/engine.ts'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { LiveRegion } from '../../ui/live-region.tsx'
import { Select } from '../../ui/select.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { cancelMeasuring, measureModel, useBenchmarking } from './benchmarking.ts'
import { chosenOptions, compareOptions, keepCompared, useCompared, type CompareOption } from './compare-choice.ts'
import { CompareTable } from './compare-table.tsx'
import { FailureNote } from './failure-note.tsx'
import { openModelsDialog, useModelsView } from './models-view-store.ts'

/** Two to four models side by side, on this machine or in the catalogue. */
export function CompareDialog() {
  const models = useEngine(state => state.models)
  const library = useModelsView(state => state.library)
  const keys = useCompared(state => state.keys)
  const catalogue = useMemo(() => library?.catalogue ?? [], [library])
  const options = useMemo(() => compareOptions(models, catalogue), [models, catalogue])
  const chosen = useMemo(() => chosenOptions(keys, options, catalogue), [keys, options, catalogue])
  return (
    <Dialog isOpen onClose={() => openModelsDialog(null)} width={960} title="Compare models" description={`From ${leastCompared} to ${mostCompared}, on this machine or in the catalogue. What was measured is of this machine; nothing is connected.`}>
      <div className="flex min-h-0 flex-1 flex-col gap-3 pb-2">
        <Chooser options={options} chosen={chosen} />
        {chosen.length < leastCompared ? (
          <p className="text-12 text-muted">{chosen.length === 0 ? 'Add two models to see them side by side.' : 'Add another to see them side by side.'}</p>
        ) : (
          <Comparison chosen={chosen} />
        )}
      </div>
    </Dialog>
  )
}

function Chooser({ options, chosen }: { options: readonly CompareOption[]; chosen: readonly CompareOption[] }) {
  const [picked, setPicked] = useState('')
  const keys = chosen.map(({ key }) => key)
  const isFull = chosen.length >= mostCompared
  const free = options.filter(({ key }) => !keys.includes(key))
  const next = free.find(({ key }) => key === picked)
  const isReady = next !== undefined && !isFull
  return (
    <>
      <div className="flex flex-wrap items-end gap-2">
        <Select label="Model to compare" value={next?.key ?? ''} options={[{ value: '', label: 'Choose a model' }, ...free.map(({ key, label }) => ({ value: key, label }))]} onChange={setPicked} className="w-90 max-w-full" />
        <Button
          aria-disabled={!isReady}
          onClick={() => {
            if (!isReady) return
            keepCompared([...keys, next.key])
            setPicked('')
          }}
        >
          Add to the comparison
        </Button>
        {isFull && <p className="pb-1.5 text-12 text-muted">At most {mostCompared}: remove one to add another.</p>}
      </div>
      {chosen.length > 0 && (
        <ul aria-label="Compared models" className="flex flex-wrap gap-1.5">
          {chosen.map(({ key, label }) => (
            <li key={key} className="flex max-w-full">
              <Chip label={label} onRemove={() => keepCompared(keys.filter(other => other !== key))} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Comparison({ chosen }: { chosen: readonly CompareOption[] }) {
  const [result, setResult] = useState<{ asked: string; models: readonly ComparedModel[] } | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const changes = useEngine(state => state.optionChanges)
  const benchmarking = useBenchmarking()
  const asked = JSON.stringify(chosen.map(({ name }) => name))
  useEffect(() => {
    const stop = new AbortController()
    // Read back from its own text, so that only another choice asks again.
    client.library.compare({ models: JSON.parse(asked) as CompareOption['name'][] }, { signal: stop.signal }).then(
      models => {
        setResult({ asked, models })
        setFailure(null)
      },
      (error: unknown) => !stop.signal.aborted && setFailure(error),
    )
    return () => stop.abort()
  }, [asked, changes])
  if (failure !== null) return <FailureNote failure={failure} />
  if (result?.asked !== asked) return <LoadingState text="Comparing" />
  const nameOf = (id: string | undefined): string | undefined => result.models.find(({ modelId }) => modelId !== null && modelId === id)?.name
  const [failed, measured] = [nameOf(benchmarking.failure?.modelId), nameOf(benchmarking.last?.modelId)]
  return (
    <>
      <CompareTable models={result.models} running={benchmarking.running} onMeasure={({ modelId, contextTokens }) => modelId !== null && void measureModel({ id: modelId, contextLength: contextTokens ?? 0 })} onCancel={cancelMeasuring} />
      {benchmarking.failure && failed !== undefined && <FailureNote failure={benchmarking.failure.error} name={failed} />}
      <LiveRegion text={measured !== undefined && benchmarking.running === null && benchmarking.failure === null ? `${measured} is measured` : ''} />
    </>
  )
}
