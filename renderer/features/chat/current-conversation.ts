/** Which conversation was in front in this tab, over a reload: an id and nothing that a person wrote, for the browser may write this to its disk. */
const key = (workspaceId: string): string => `cortex.chat.${workspaceId}.current`

/** `new` for the empty one; null when none was kept. */
export function readCurrent(workspaceId: string): string | null {
  try {
    return sessionStorage.getItem(key(workspaceId))
  } catch {
    return null
  }
}

export function keepCurrent(workspaceId: string, conversationId: string | null): void {
  try {
    sessionStorage.setItem(key(workspaceId), conversationId ?? 'new')
  } catch {
    // Storage may be refused or full: then a reload shows the newest conversation.
  }
}
