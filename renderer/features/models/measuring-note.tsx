import { useEngine } from '../../rpc/engine.ts'
import { Button } from '../../ui/button.tsx'
import { LiveRegion } from '../../ui/live-region.tsx'
import { Progress } from '../../ui/progress.tsx'
import { cancelMeasuring, forgetMeasuring, useBenchmarking } from './benchmarking.ts'
import { FailureNote } from './failure-note.tsx'

/** A measurement goes on once its dialog is closed: here it is seen, and can be cancelled. */
export function MeasuringNote() {
  const { running, failure, last } = useBenchmarking()
  const models = useEngine(state => state.models)
  const nameOf = (id: string): string => models.find(model => model.id === id)?.name ?? 'A model'
  return (
    <>
      {running && (
        <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 text-12 text-muted">
          <span className="min-w-0 break-words">Measuring {nameOf(running.modelId)}. What it reaches is kept, and stands in its details and in the comparison.</span>
          <Progress label={`Measuring ${nameOf(running.modelId)}`} ratio={running.ratio} className="w-20" />
          <Button size="small" aria-label={`Cancel measuring ${nameOf(running.modelId)}`} onClick={cancelMeasuring}>
            Cancel
          </Button>
        </div>
      )}
      {failure && (
        <div className="mt-3">
          <FailureNote failure={failure.error} name={`Measuring ${nameOf(failure.modelId)}`}>
            <Button size="small" variant="quiet" onClick={forgetMeasuring}>
              Dismiss
            </Button>
          </FailureNote>
        </div>
      )}
      <LiveRegion text={last && running === null && failure === null ? `${nameOf(last.modelId)} is measured` : ''} />
    </>
  )
}
