import { create } from 'zustand'

/** Why a page cannot speak to its host and never will by itself. */
export type Refusal = 'link-used' | 'too-many-tries' | 'no-link' | 'host-restarted'

export type ConnectionState =
  | { status: 'connecting' }
  | { status: 'open' }
  /** The host went away; it is tried again until it answers. */
  | { status: 'lost'; attempts: number }
  | { status: 'refused'; refusal: Refusal }

/** The page's line to the host. Calls made while it is lost wait for it. */
export const useConnection = create<{ connection: ConnectionState }>(() => ({ connection: { status: 'connecting' } }))

export function setConnection(connection: ConnectionState): void {
  useConnection.setState({ connection })
}

/** Settles once the line is open; rejects when the signal aborts. */
export async function connectionOpen(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const settle = (): void => {
      if (useConnection.getState().connection.status !== 'open' && !signal.aborted) return
      unsubscribe()
      signal.removeEventListener('abort', settle)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    const unsubscribe = useConnection.subscribe(settle)
    signal.addEventListener('abort', settle)
    settle()
  })
}
