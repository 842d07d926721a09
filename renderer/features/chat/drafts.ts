/**
 * Text in the field, per conversation, over a reload. Session storage and not local storage: it goes with the tab, so no prompt
 * stays behind in the browser's profile.
 */
const PREFIX = 'cortex.chat.'

function key(workspaceId: string, name: string): string {
  return `${PREFIX}${workspaceId}.${name}`
}

function read(name: string): string | null {
  try {
    return sessionStorage.getItem(name)
  } catch {
    return null
  }
}

function write(name: string, value: string | null): void {
  try {
    if (value === null || value === '') sessionStorage.removeItem(name)
    else sessionStorage.setItem(name, value)
  } catch {
    // Storage may be refused or full; the field itself still holds the text.
  }
}

/** `conversationId` null is the conversation that does not stand yet. */
export function readDraft(workspaceId: string, conversationId: string | null): string {
  return read(key(workspaceId, `draft.${conversationId ?? 'new'}`)) ?? ''
}

export function keepDraft(workspaceId: string, conversationId: string | null, text: string): void {
  write(key(workspaceId, `draft.${conversationId ?? 'new'}`), text)
}

/** The conversation that was in front; `new` for the empty one; null when none was kept. */
export function readCurrent(workspaceId: string): string | null {
  return read(key(workspaceId, 'current'))
}

export function keepCurrent(workspaceId: string, conversationId: string | null): void {
  write(key(workspaceId, 'current'), conversationId ?? 'new')
}
