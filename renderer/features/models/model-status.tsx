import { Cpu } from 'lucide-react'
import { engineModel, useEngine } from '../../rpc/engine.ts'
import { classNames } from '../../ui/class-names.ts'
import { Icon } from '../../ui/icon.tsx'
import { Meter } from '../../ui/meter.tsx'
import { Popover } from '../../ui/popover.tsx'
import { usePicker } from './model-actions.ts'
import { ModelPicker } from './model-picker.tsx'
import { contextWords } from './model-words.ts'

/** In the status bar: the model, and its speed while it works. Opens the picker. */
export function ModelStatus() {
  const isOpen = usePicker(state => state.isOpen)
  const state = useEngine()
  const isWorking = state.engine?.status === 'ready' && state.activity.task !== 'idle'
  const words = statusWords(state)
  if (words === null) return null
  return (
    <Popover
      label="Models"
      side="top"
      width={440}
      isOpen={isOpen}
      onOpenChange={next => usePicker.setState({ isOpen: next })}
      trigger={
        <button
          type="button"
          title="Models"
          className={classNames('focus-inset tabular flex h-6 min-w-0 items-center gap-1.25 rounded-small px-1', isWorking ? 'text-accent' : state.engine?.status === 'failed' ? 'text-error' : 'hover:text-text')}
        >
          <Icon icon={Cpu} size={12} />
          <span className="max-w-72 truncate">{words}</span>
        </button>
      }
    >
      <ModelPicker />
    </Popover>
  )
}

function statusWords(state: ReturnType<typeof useEngine.getState>): string | null {
  const { engine, activity } = state
  if (!engine) return null
  const name = engineModel(state)?.name ?? 'Model'
  switch (engine.status) {
    case 'empty':
      return 'No model'
    case 'loading':
      return `Loading ${name}, ${Math.round(engine.ratio * 100)} %`
    case 'restarting':
      return `Restarting ${name}`
    case 'failed':
      return `${name} failed`
    case 'ready':
      return activity.task !== 'idle' && activity.tokensPerSecond !== null ? `${name} · ${Math.round(activity.tokensPerSecond)} tok/s` : name
  }
}

/** How much of the context the conversation that was answered last takes. */
export function ContextStatus() {
  const contextTokens = useEngine(({ engine }) => (engine?.status === 'ready' ? engine.contextTokens : null))
  const used = useEngine(state => state.activity.contextUsedTokens)
  if (contextTokens === null || used === null || contextTokens <= 0) return null
  const words = `${used.toLocaleString('en-US')} of ${contextWords(contextTokens)}`
  return (
    <span className="flex items-center gap-1.5" title={`Context used by the conversation: ${words}`}>
      <Meter label="Context used by the conversation" value={Math.min(used, contextTokens)} max={contextTokens} valueText={words} tone={used / contextTokens > 0.9 ? 'warn' : 'neutral'} className="w-8" />
      {Math.round((used / contextTokens) * 100)} %
    </span>
  )
}
