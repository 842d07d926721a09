import { holdKeys, isText, takeKeys, type EarlyKey } from '../../shell/type-ahead.ts'

/** A terminal that shall have the focus as soon as it is drawn: `any` is whichever is in front. */
let wanted: string | null = null
const owner = 'terminal'
const bytes: Readonly<Record<string, string>> = { Enter: '\r', Backspace: '\u007f' }

const isSent = (key: EarlyKey): boolean => isText(key) || (!key.isCtrl && key.key in bytes)
const isInTerminal = (): boolean => document.activeElement?.closest('.xterm') != null

/** What is typed until the terminal stands is held for it. */
export function requestFocus(id: string = 'any'): void {
  wanted = id
  holdKeys(owner, isSent, isInTerminal)
}

/** Where the terminal is the one that was asked for: what was typed for it already. Else null. */
export function takeFocusRequest(id: string): string | null {
  if (wanted !== 'any' && wanted !== id) return null
  wanted = null
  return takeKeys(owner)
    .map(({ key }) => bytes[key] ?? key)
    .join('')
}

/** No terminal comes: keys go where the focus is. */
export function dropFocusRequest(): void {
  wanted = null
  takeKeys(owner)
}
