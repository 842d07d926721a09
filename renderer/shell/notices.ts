import { create } from 'zustand'

export interface Notice {
  id: number
  tone: 'info' | 'warn' | 'error'
  text: string
  /** What to do about it. */
  action?: { label: string; run: () => void }
}

/** Only for what is not visible elsewhere. */
export const useNotices = create<{ notices: readonly Notice[] }>(() => ({ notices: [] }))

let nextId = 1
const plainLifetimeMilliseconds = 6000
const mostNotices = 4

/** Shows a notice; one without an action or an error goes by itself. Answers how to take it away. */
export function notify(notice: Omit<Notice, 'id'>): () => void {
  const id = nextId++
  const dismiss = (): void => dismissNotice(id)
  useNotices.setState(state => ({ notices: [...state.notices.filter(other => other.text !== notice.text), { ...notice, id }].slice(-mostNotices) }))
  if (!notice.action && notice.tone === 'info') setTimeout(dismiss, plainLifetimeMilliseconds)
  return dismiss
}

export function dismissNotice(id: number): void {
  useNotices.setState(state => ({ notices: state.notices.filter(notice => notice.id !== id) }))
}
