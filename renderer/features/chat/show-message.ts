export function messageElementId(id: string): string {
  return `message-${id}`
}

/** Brings a message of the conversation in front into view and the focus to it. */
export function showMessage(id: string): void {
  const element = document.getElementById(messageElementId(id))
  if (!element) return
  element.tabIndex = -1
  element.scrollIntoView({ block: 'start' })
  element.focus({ preventScroll: true })
}
