import { client } from '../../../rpc/client.ts'
import { follow } from '../../../rpc/follow.ts'
import { keep, readKept } from '../../../shell/layout.ts'
import { workspaceId } from '../../../shell/session.ts'
import { readSetting, useSettings } from '../../../shell/settings.ts'
import { runInEditor, useFocusedEditor } from '../focused-editor.ts'
import { onMonaco } from '../monaco/load-monaco.ts'
import { AcceptedText } from './accepted-text.ts'
import { GhostSource } from './ghost-source.ts'
import { setOutcome, useGhostStatus } from './ghost-status.ts'
import { registerGhostText } from './ghost-provider.ts'

const hintKey = 'editor.ghostHintShows'
const mostHints = 3

/** How often the hint about the keys was shown; enough of it is enough. */
export function isHintDue(): boolean {
  const shows = readKept(hintKey)
  return typeof shows !== 'number' || shows < mostHints
}

function endHint(): void {
  keep(hintKey, mostHints)
}

function settings(): { isEnabled: boolean; debounce: number; maxTokens: number } {
  return { isEnabled: readSetting('completion.enabled'), debounce: readSetting('completion.debounce'), maxTokens: readSetting('completion.maxTokens') }
}

/** Lets the local model suggest text in every editor. Answers how to stop. */
export function startGhostText(): () => void {
  const source = new GhostSource({
    complete: ({ path, prefix, suffix, language, maxTokens }, signal) =>
      client.completion.complete({ prefix, suffix, language, scope: 'auto', maxTokens, file: { workspaceId: workspaceId(), path: path.replace(/^\/+/, '') } }, { signal }),
    settings,
    onOutcome: setOutcome,
  })
  const accepted = new AcceptedText({ record: acceptance => client.audit.recordInsertion({ source: 'completion', ...acceptance }) })
  const flush = (): void => accepted.flush()
  window.addEventListener('pagehide', flush)
  const registrations: { dispose: () => void }[] = []
  const stopWaiting = onMonaco(monaco => {
    const suggestions = registerGhostText(monaco, {
      source,
      accepted,
      isEnabled: () => settings().isEnabled,
      onShown: () => useGhostStatus.setState({ isVisible: true }),
      onEnd: wasAnswered => {
        useGhostStatus.setState({ isVisible: false })
        if (wasAnswered) endHint()
      },
    })
    // Monaco leaves Tab to indentation where a suggestion begins with spaces; here Tab always accepts.
    const tabRule = monaco.editor.addKeybindingRules([
      {
        keybinding: monaco.KeyCode.Tab,
        command: 'editor.action.inlineSuggest.commit',
        when: 'inlineSuggestionVisible && editorTextFocus && !editorTabMovesFocus && !suggestWidgetVisible && !editorHasSelection',
      },
    ])
    registrations.push(suggestions, tabRule)
  })
  const stopSettings = useSettings.subscribe((state, former) => {
    if (state.values['completion.enabled'] === former.values['completion.enabled']) return
    if (!state.values['completion.enabled']) runInEditor('editor.action.inlineSuggest.hide')
    setOutcome({ kind: state.values['completion.enabled'] ? 'idle' : 'off' })
  })
  // What was said of one file says nothing of another.
  const stopFocus = useFocusedEditor.subscribe((state, former) => {
    if (state.focused?.path !== former.focused?.path && useGhostStatus.getState().outcome.kind === 'refused') setOutcome({ kind: 'idle' })
  })
  // Another model would suggest other text.
  let completes: string | null = null
  const stopModels = follow(
    async signal => await client.models.watch(undefined, { signal }),
    event => {
      if (event.type === 'activity-changed' || event.type === 'options-changed') return
      if (event.type === 'residency-changed') {
        const now = event.roles.completion ?? event.roles.chat
        if (now !== completes) source.cache.clear()
        completes = now
        return
      }
      source.cache.clear()
      // What failed for want of a model is over; a label holds for every model.
      if (event.engine.status === 'ready' && useGhostStatus.getState().outcome.kind === 'failed') setOutcome({ kind: 'idle' })
    },
  )
  return () => {
    stopWaiting()
    window.removeEventListener('pagehide', flush)
    accepted.flush()
    for (const registration of registrations) registration.dispose()
    stopSettings()
    stopFocus()
    stopModels()
  }
}
