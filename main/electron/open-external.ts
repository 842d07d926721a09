import { shell } from 'electron/common'
import { BrowserWindow, dialog, type MessageBoxOptions } from 'electron/main'
import type { Log } from '../platform/log/log.ts'
import { judgeLink } from './external-link-policy.ts'

/** Shows a link whole and hands it to the operating system when the person agrees. The address itself never reaches the log. */
export async function openExternal(address: string, log: Log): Promise<void> {
  const verdict = judgeLink(address)
  if (!verdict.isAllowed) {
    log.warn('Refused a link', { reason: verdict.reason })
    await ask({ type: 'info', message: 'This link was not opened.', detail: 'Only https and mail addresses without hidden parts are handed to other programs. Copy the link to use it yourself.', buttons: ['Close'] })
    return
  }
  const response = await ask({
    type: 'question',
    message: 'Open this link outside Cortex?',
    detail: `${verdict.url}\n\nYour browser or mail program opens it; what it sends is no longer under Cortex's control.`,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  })
  if (response === 0) await shell.openExternal(verdict.url)
}

async function ask(question: MessageBoxOptions): Promise<number> {
  const window = BrowserWindow.getFocusedWindow()
  return (await (window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question))).response
}
