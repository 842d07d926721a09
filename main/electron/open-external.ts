import { shell } from 'electron/common'
import { BrowserWindow, dialog } from 'electron/main'
import type { Log } from '../platform/log/log.ts'
import { judgeLink } from './external-link-policy.ts'

/** Shows a link whole and hands it to the operating system when the person agrees. The address itself never reaches the log. */
export async function openExternal(address: string, log: Log): Promise<void> {
  const verdict = judgeLink(address)
  if (!verdict.isAllowed) {
    log.warn('Refused a link', { reason: verdict.reason })
    return
  }
  const question = {
    type: 'question' as const,
    message: 'Open this link outside Cortex?',
    detail: `${verdict.url}\n\nYour browser or mail program opens it; what it sends is no longer under Cortex's control.`,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  }
  const window = BrowserWindow.getFocusedWindow()
  const { response } = await (window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question))
  if (response === 0) await shell.openExternal(verdict.url)
}
