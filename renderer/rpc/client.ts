import { createORPCClient, type ClientLink } from '@orpc/client'
import type { Client } from '#shared/contract/index.ts'

let link: ClientLink<Record<never, never>> | null = null

/** `main.tsx` sets the link once, before anything is drawn: a port on the desktop, a WebSocket in a browser. */
export function setLink(next: ClientLink<Record<never, never>>): void {
  link = next
}

/** Every procedure of the host, typed by the contract. */
export const client: Client = createORPCClient({
  call: async (path, input, options) => {
    if (!link) throw new Error('The connection to the host is not set up')
    return await link.call(path, input, options)
  },
})
