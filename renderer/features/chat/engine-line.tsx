import { engineModel, useEngine } from '../../rpc/engine.ts'
import { runCommand } from '../../shell/commands.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { Progress } from '../../ui/progress.tsx'

/** Why nobody would answer right now, above the field; nothing while the model is ready. */
export function EngineLine() {
  const state = useEngine()
  const { engine } = state
  if (!engine || engine.status === 'ready') return null
  const name = engineModel(state)?.name ?? 'the model'
  return (
    <div className="mx-3 flex min-w-0 flex-col items-start gap-2 rounded-control border border-line px-3 py-2 text-12 text-muted" role={engine.status === 'failed' ? 'alert' : 'status'}>
      {engine.status === 'empty' && (
        <>
          <p>No model is loaded.</p>
          <PickButton label="Choose a model" />
        </>
      )}
      {engine.status === 'loading' && (
        <>
          <p className="tabular">{`Loading ${name}, ${Math.round(engine.ratio * 100)} %`}</p>
          <Progress label={`Loading ${name}`} ratio={engine.ratio} className="w-full" />
        </>
      )}
      {engine.status === 'restarting' && <p className="break-words">{`${name} stopped and is being started again. ${engine.reason}`}</p>}
      {engine.status === 'failed' && (
        <>
          <p className="break-words">
            <span className="font-strong text-error">{errorWords(engine.error).what}</span> {errorWords(engine.error).why}
          </p>
          <span className="flex flex-wrap gap-2">
            <Button size="small" onClick={() => void runCommand('models.load', engine.modelId)}>
              Try again
            </Button>
            <PickButton label="Choose another model" />
          </span>
        </>
      )}
    </div>
  )
}

function PickButton({ label }: { label: string }) {
  return (
    <Button size="small" onClick={() => void runCommand('models.pick')}>
      {label}
    </Button>
  )
}
