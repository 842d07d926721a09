import { create } from 'zustand'
import { isDesktop } from '../../rpc/connect-desktop.ts'
import { webLink } from '../../ui/web-link.ts'

export const useLinkRequest = create<{ address: string | null }>(() => ({ address: null }))

/** Anything but a plain web address is not even asked about. */
export function askToOpen(address: unknown): void {
  const link = typeof address === 'string' ? webLink(address) : null
  // The desktop asks by a dialog of its own, which no page could fake or skip.
  if (link !== null && isDesktop()) window.open(link, '_blank', 'noopener,noreferrer')
  else useLinkRequest.setState({ address: link })
}

export function closeRequest(): void {
  useLinkRequest.setState({ address: null })
}
