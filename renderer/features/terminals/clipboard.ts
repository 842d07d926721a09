import type { Terminal } from '@xterm/xterm'
import { askChoice, askConfirm } from '../../shell/ask.ts'
import { notify } from '../../shell/notices.ts'
import { cleanPaste, isRiskyPaste, pasteLines } from './paste.ts'

/** Until the page goes: the person said not to ask about several lines again. */
let isTrusting = false
let isAsking = false
const PREVIEW = 400

function preview(text: string): string {
  return text.length <= PREVIEW ? text : `${text.slice(0, PREVIEW)}…`
}

/** Pastes, bracketed where the program asked for that. Several lines are asked about first, because a shell may run each. */
export function pasteInto(terminal: Pick<Terminal, 'paste' | 'focus'>, raw: string): void {
  const text = cleanPaste(raw)
  if (text === '') return
  if (isTrusting || !isRiskyPaste(text)) {
    terminal.paste(text)
    return
  }
  const lines = pasteLines(text)
  void askChoice({
    title: lines === 1 ? 'Paste a line that may run at once?' : `Paste ${lines.toLocaleString('en-US')} lines?`,
    text: preview(text),
    answers: [
      { value: 'always', label: 'Paste and do not ask again' },
      { value: 'cancel', label: 'Cancel' },
      { value: 'paste', label: 'Paste', look: 'primary' },
    ],
  }).then(answer => {
    if (answer === 'always') isTrusting = true
    if (answer === 'always' || answer === 'paste') terminal.paste(text)
    terminal.focus()
  })
}

/** A program wants to put text on the clipboard. One question at a time: a program that asks in a loop gets one. */
export function offerClipboard(text: string): void {
  if (isAsking) return
  isAsking = true
  void askConfirm({ title: 'Let the program in the terminal copy to the clipboard?', text: preview(cleanPaste(text)), confirmLabel: 'Copy' })
    .then(isSure => (isSure ? navigator.clipboard.writeText(text) : undefined))
    .catch(() => notify({ tone: 'error', text: 'The browser did not allow the copy.' }))
    .finally(() => {
      isAsking = false
    })
}

export async function copySelection(terminal: Pick<Terminal, 'getSelection'>): Promise<void> {
  const text = terminal.getSelection()
  if (text !== '') await navigator.clipboard.writeText(text)
}
