import { holdKeys, isText, takeKeys, type EarlyKey } from '../../shell/type-ahead.ts'
import type { Monaco } from './monaco/load-monaco.ts'

const commands: Readonly<Record<string, string>> = {
  ArrowUp: 'cursorUp',
  ArrowDown: 'cursorDown',
  ArrowLeft: 'cursorLeft',
  ArrowRight: 'cursorRight',
  Home: 'cursorHome',
  End: 'cursorEnd',
  'Ctrl+Home': 'cursorTop',
  'Ctrl+End': 'cursorBottom',
  Backspace: 'deleteLeft',
}

const ownerOf = (path: string): string => `editor:${path}`
const commandOf = ({ key, isCtrl }: EarlyKey): string | undefined => commands[isCtrl ? `Ctrl+${key}` : key]

/** The first file waits for Monaco: what is typed until its editor stands is held for it. */
export function holdKeysFor(path: string): void {
  holdKeys(ownerOf(path), key => isText(key) || commandOf(key) !== undefined || (key.key === 'Enter' && !key.isCtrl))
}

/** No editor comes for this file: keys go where the focus is. */
export function dropKeysFor(path: string): void {
  takeKeys(ownerOf(path))
}

/** Does with the editor what was typed for it before it stood. */
export function replayKeys(path: string, editor: Monaco.editor.IStandaloneCodeEditor): void {
  for (const key of takeKeys(ownerOf(path))) {
    const command = commandOf(key)
    if (command !== undefined) editor.trigger('keyboard', command, {})
    else editor.trigger('keyboard', 'type', { text: key.key === 'Enter' ? '\n' : key.key })
  }
}
