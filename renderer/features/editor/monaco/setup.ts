import './features.ts'
import './monaco.css'
import editorWorkerUrl from 'monaco-editor/editor/editor.worker?worker&url'
import { acceptCancelledWork } from './cancelled-work.ts'
import { registerLanguages } from './languages.ts'
import { followTheme } from './theme.ts'
import { startWorker } from './trusted-types.ts'

globalThis.MonacoEnvironment = { getWorker: (_id, label) => startWorker(editorWorkerUrl, label) }
acceptCancelledWork()
registerLanguages()
followTheme()

export * as monaco from 'monaco-editor/editor'
