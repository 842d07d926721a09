import { useEffect, useState } from 'react'
import type { Model, ModelOptions, ModelOptionsChange } from '#shared/contract/models.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { contextWords } from './model-words.ts'
import { planRows } from './plan-words.ts'
import { speculationFacts } from './speculation-facts.tsx'

const restMilliseconds = 250

/** What a load with these options would be, now. Follows the options after a short rest. `waitsFor`: the field that holds no right number, if one does. */
export function PlanPreview({ model, changes, waitsFor, onTake }: { model: Model; changes: ModelOptionsChange; waitsFor: string | null; onTake: (change: Partial<ModelOptions>) => void }) {
  const [plan, setPlan] = useState<LoadPlan | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const asked = JSON.stringify(changes)
  const isWaiting = waitsFor !== null
  useEffect(() => {
    if (isWaiting) {
      setPlan(null)
      setFailure(null)
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(() => {
      // Read back from its own text, so that only a real change asks again.
      client.models.plan({ id: model.id, options: JSON.parse(asked) as ModelOptionsChange }, { signal: stop.signal }).then(
        next => {
          setPlan(next)
          setFailure(null)
        },
        (error: unknown) => !stop.signal.aborted && setFailure(error),
      )
    }, restMilliseconds)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [model.id, asked, isWaiting])
  const words = failure === null ? null : errorWords(failure)
  const smaller = plan && !plan.fits ? plan.smaller : null
  return (
    <section aria-label="What the plan would be" className="min-w-0">
      <h3 className="mb-1 text-12 font-strong text-muted">What the plan would be</h3>
      {isWaiting ? (
        <p role="status" className="text-12 break-words text-muted">
          It waits for a right number: {waitsFor}.
        </p>
      ) : words ? (
        <p role="alert" className="text-12 break-words text-muted">
          <span className="text-error">{words.what}</span> {words.why} {words.next}
        </p>
      ) : plan === null ? (
        <p className="text-12 text-muted">Working it out</p>
      ) : (
        <>
          <p role="status" className={`text-12 ${plan.fits ? 'text-muted' : 'text-warn'}`}>
            {plan.fits ? 'It fits.' : 'It does not fit.'} {plan.reason}
          </p>
          <FactList facts={[...planRows(plan), ...speculationFacts(plan.speculation)]} className="mt-1" />
          {smaller && (
            <Button size="small" className="mt-2" onClick={() => onTake({ contextTokens: smaller.contextTokens, kvCacheType: smaller.kvCacheType, gpuLayers: smaller.gpuLayers, sequences: smaller.sequences })}>
              Take {contextWords(smaller.contextTokens)} instead
            </Button>
          )}
        </>
      )}
    </section>
  )
}
