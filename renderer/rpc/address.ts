/** What the printed address carries in its fragment, which a browser never sends anywhere. */
export interface AddressParts {
  /** Single-use code, traded for this tab's token. */
  code: string | null
  workspaceId: string | null
}

export function parseFragment(fragment: string): AddressParts {
  const parts = new URLSearchParams(fragment.replace(/^#/, ''))
  return { code: parts.get('code') || null, workspaceId: parts.get('workspace') || null }
}

/** Reads the fragment once and takes it out of the address bar and the history. */
export function takeAddress(): AddressParts {
  const parts = parseFragment(location.hash)
  if (location.hash !== '') history.replaceState(history.state, '', location.pathname + location.search)
  return parts
}
