import { PenLine, PenOff } from 'lucide-react'
import { Icon } from '../../../ui/icon.tsx'
import { Tooltip } from '../../../ui/tooltip.tsx'
import { runCommand } from '../../../shell/commands.ts'
import { errorWords } from '../../../shell/error-words.ts'
import { reportFailure } from '../../../shell/report-failure.ts'
import { useSetting } from '../../../shell/settings.ts'
import { useFocusedEditor } from '../focused-editor.ts'
import { useGhostStatus, type GhostOutcome } from './ghost-status.ts'

/** Why there is a suggestion, or none, in words. */
export function outcomeWords(outcome: GhostOutcome): string {
  switch (outcome.kind) {
    case 'idle':
      return 'Suggestions are on. Type, and the local model suggests what comes next.'
    case 'off':
      return 'Suggestions are off.'
    case 'shown':
      return `Last suggestion: ${outcome.tokens} tokens in ${Math.round(outcome.milliseconds)} ms.`
    case 'empty':
      return 'No suggestion: the model has nothing to add here.'
    case 'cancelled':
      return 'No suggestion: you typed on before it was ready.'
    case 'refused':
      return `No suggestions: ${outcome.label} file (${outcome.rule}).`
    case 'failed': {
      const { what, next } = errorWords(outcome.error)
      return `No suggestion: ${what} ${next}`
    }
  }
}

export function GhostStatusItem() {
  const isOn = useSetting('completion.enabled')
  const outcome = useGhostStatus(state => state.outcome)
  const hasEditor = useFocusedEditor(state => state.focused !== null)
  if (!hasEditor) return null
  const words = outcomeWords(isOn ? outcome : { kind: 'off' })
  return (
    <Tooltip label={words} side="top">
      <button
        type="button"
        aria-label={`${isOn ? 'Turn suggestions off' : 'Turn suggestions on'}. ${words}`}
        aria-pressed={isOn}
        onClick={() => void runCommand('editor.toggleSuggestions').catch(reportFailure)}
        className="focus-inset grid h-full place-items-center rounded-small px-1 hover:bg-hover hover:text-text"
      >
        <Icon icon={isOn ? PenLine : PenOff} size={13} className={isOn && outcome.kind === 'failed' ? 'text-warn' : ''} />
      </button>
    </Tooltip>
  )
}
