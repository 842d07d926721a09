import { Trash2 } from 'lucide-react'
import type { EngineState, Model } from '#shared/contract/models.ts'
import { useEngine } from '../../rpc/engine.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Progress } from '../../ui/progress.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { AddModel } from './add-model.tsx'
import { loadModel, removeModel, unloadModel, usePicker } from './model-actions.ts'
import { openModels } from './open-models.ts'
import { PresetSelect } from './preset-select.tsx'
import { deviceWords, lacks, modelDetails } from './model-words.ts'

/** Every model that is known, what the engine does with one of them, and a way to add another. */
export function ModelPicker() {
  const { engine, models } = useEngine()
  const failure = usePicker(state => state.failure)
  if (!engine) return <LoadingState text="Asking for the models" />
  const currentId = engine.status === 'empty' ? null : engine.modelId
  const current = models.find(({ id }) => id === currentId)
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex items-center justify-between gap-3">
        <h2 className="text-13 font-strong">Models on this machine</h2>
        <Button size="small" variant="quiet" onClick={openModels}>
          All about models
        </Button>
      </div>
      <ul aria-label="Models" className="-mx-2 flex flex-col">
        {models.map(model => (
          <ModelRow key={model.id} model={model} engine={model.id === currentId ? engine : null} isBusy={engine.status === 'loading'} />
        ))}
      </ul>
      {failure !== null && <FailureWords failure={failure} />}
      {current?.canChat && <PresetSelect model={current} label="Sampling preset" />}
      <AddModel />
    </div>
  )
}

function ModelRow({ model, engine, isBusy }: { model: Model; engine: EngineState | null; isBusy: boolean }) {
  const note = lacks(model)
  return (
    <li className="flex min-w-0 flex-col gap-1 rounded-control px-2 py-1.5 data-[current=true]:bg-hover" data-current={engine !== null} aria-current={engine !== null}>
      <div className="flex min-w-0 items-center gap-2">
        <div className="min-w-0 flex-1">
          <p className="flex min-w-0 items-baseline gap-2">
            <span className="truncate font-strong" title={model.path}>
              {model.name}
            </span>
            {model.isStarter && <span className="shrink-0 rounded-small border border-line px-1.25 text-11 text-muted">Tiny, comes with Cortex</span>}
          </p>
          <p className="tabular text-12 break-words text-muted">{[modelDetails(model), note].filter(Boolean).join(' · ')}</p>
        </div>
        {!engine && !model.isStarter && <IconButton icon={Trash2} iconSize={14} label={`Take ${model.name} off the list`} onClick={() => void removeModel(model.id)} />}
        {engine?.status === 'ready' || engine?.status === 'restarting' ? (
          <Button size="small" onClick={() => void unloadModel()}>
            Unload
          </Button>
        ) : engine?.status === 'loading' ? (
          <Button size="small" onClick={() => void unloadModel()}>
            Cancel
          </Button>
        ) : (
          <Button size="small" disabled={isBusy} aria-label={`Load ${model.name}`} onClick={() => void loadModel(model.id)}>
            {engine?.status === 'failed' ? 'Try again' : 'Load'}
          </Button>
        )}
      </div>
      {engine?.status === 'loading' && (
        <p className="tabular flex items-center gap-2 text-12 text-muted">
          <Progress label={`Loading ${model.name}`} ratio={engine.ratio} className="flex-1" />
          {Math.round(engine.ratio * 100)} %
        </p>
      )}
      {engine?.status === 'ready' && <p className="tabular text-12 text-accent">{`Loaded: ${deviceWords(engine)}, context of ${engine.contextTokens.toLocaleString('en-US')} tokens`}</p>}
      {engine?.status === 'restarting' && <p className="text-12 break-words text-warn">{`Starting again. ${engine.reason}`}</p>}
      {engine?.status === 'failed' && <FailureWords failure={engine.error} />}
      {model.isStarter && engine?.status === 'ready' && <p className="text-12 text-muted">It answers and completes, but often wrongly. For real work add a larger GGUF file below.</p>}
    </li>
  )
}

function FailureWords({ failure }: { failure: unknown }) {
  const { what, why, next } = errorWords(failure)
  return (
    <p role="alert" className="text-12 break-words text-muted">
      <span className="font-strong text-error">{what}</span> {why} {next}
    </p>
  )
}
