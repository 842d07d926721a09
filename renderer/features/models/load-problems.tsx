import type { LoadPlan } from '#shared/load-plan.ts'
import { errorCatalog } from '#shared/errors.ts'
import { useEngine } from '../../rpc/engine.ts'
import { foreseen } from '../../rpc/follow.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { FailureNote } from './failure-note.tsx'
import { forgetFailure, loadModelAs, unloadModelOf, useLoads } from './load-model-as.ts'
import { contextWords } from './model-words.ts'

export interface LoadProblem {
  modelId: string
  failure: unknown
  /** What would fit, where the refusal says it. */
  suggestion: LoadPlan | null
}

/** What a load that was refused for memory would be, smaller. */
export function suggestionOf(failure: unknown): LoadPlan | null {
  const known = foreseen(failure)
  if (known?.code !== 'MODEL_DOES_NOT_FIT') return null
  const read = errorCatalog.MODEL_DOES_NOT_FIT.safeParse(known.data)
  return read.success ? read.data.suggestion : null
}

/** What did not load and why, under the table, each with what can be done about it; then what came out differently than asked. */
export function LoadProblems() {
  const residents = useEngine(state => state.residents)
  const models = useEngine(state => state.models)
  const engine = useEngine(state => state.engine)
  const failures = useLoads(state => state.failures)
  const running = useLoads(state => state.running)
  const failed = new Map<string, unknown>(Object.entries(failures))
  for (const { modelId, status, error } of residents) if (status === 'failed' && error && !failed.has(modelId)) failed.set(modelId, error)
  // A file that is not there never becomes a resident.
  if (engine?.status === 'failed' && !failed.has(engine.modelId)) failed.set(engine.modelId, engine.error)
  const notes = residents.flatMap(({ modelId, status, reason, plan }) => {
    const text = reason ?? (status === 'ready' ? (plan?.reason ?? null) : null)
    return text === null ? [] : [{ modelId, text }]
  })
  const nameOf = (id: string): string => models.find(model => model.id === id)?.name ?? 'The model for chat'
  if (failed.size === 0 && notes.length === 0) return null
  return (
    <div className="mt-3 flex flex-col gap-2">
      {[...failed].map(([modelId, failure]) => {
        const suggestion = suggestionOf(failure)
        const isBusy = running[modelId] !== undefined
        return (
          <FailureNote key={modelId} failure={failure} name={nameOf(modelId)}>
            {suggestion && (
              <Button size="small" disabled={isBusy} onClick={() => void loadModelAs(modelId, { options: { contextTokens: suggestion.contextTokens, kvCacheType: suggestion.kvCacheType, gpuLayers: suggestion.gpuLayers, sequences: suggestion.sequences } })}>
                Load with {contextWords(suggestion.contextTokens)}
              </Button>
            )}
            <Button size="small" disabled={isBusy} onClick={() => void loadModelAs(modelId)}>
              Try again
            </Button>
            <Button
              size="small"
              variant="quiet"
              onClick={() => {
                forgetFailure(modelId)
                if (modelId === (engine?.status === 'failed' ? engine.modelId : null) || residents.some(resident => resident.modelId === modelId)) void unloadModelOf(modelId).catch(reportFailure)
              }}
            >
              Dismiss
            </Button>
          </FailureNote>
        )
      })}
      {notes.map(({ modelId, text }) => (
        <p key={modelId} className="text-12 break-words text-muted">
          {nameOf(modelId)}: {text}
        </p>
      ))}
    </div>
  )
}
