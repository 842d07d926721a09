import { create } from 'zustand'
import { webLink } from '../../ui/web-link.ts'

export const useLinkRequest = create<{ address: string | null }>(() => ({ address: null }))

/** Anything but a plain web address is not even asked about. */
export function askToOpen(address: unknown): void {
  if (typeof address === 'string') useLinkRequest.setState({ address: webLink(address) })
}

export function closeRequest(): void {
  useLinkRequest.setState({ address: null })
}
