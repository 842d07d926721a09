import { desktopOrigin } from '#shared/port-handshake.ts'

interface Frame {
  readonly origin: string
  readonly parent: unknown
  readonly frameTreeNodeId: number
  isDestroyed(): boolean
}

/** What Electron says of the one who sent a message, as far as it matters. */
export interface Sender {
  /** Null when the frame has navigated away or gone. */
  senderFrame: Frame | null
  sender: { readonly id: number; readonly mainFrame: { readonly frameTreeNodeId: number }; isDestroyed(): boolean }
  ports: readonly unknown[]
}

/** Why a message is refused, or null when it comes from the main frame of a window of ours, on our origin, with one port. */
export function refuseSender(event: Sender, isOurWindow: (id: number) => boolean): string | null {
  if (event.sender.isDestroyed()) return 'the window has gone'
  if (!isOurWindow(event.sender.id)) return 'not a window of Cortex'
  const frame = event.senderFrame
  if (frame === null || frame.isDestroyed()) return 'the frame has gone'
  if (frame.parent !== null || frame.frameTreeNodeId !== event.sender.mainFrame.frameTreeNodeId) return 'not the main frame'
  if (frame.origin !== desktopOrigin) return 'another origin'
  return event.ports.length === 1 ? null : 'not one port'
}
