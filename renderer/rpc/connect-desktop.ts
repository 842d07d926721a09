import { RPCLink } from '@orpc/client/message-port'
import { desktopOrigin, portHandshake } from '#shared/port-handshake.ts'
import { setLink } from './client.ts'
import { setConnection } from './connection.ts'

export function isDesktop(): boolean {
  return location.origin === desktopOrigin
}

/** Hands one end of a channel to the preload and speaks over the other. The port lives as long as the page. */
export function connectDesktop(): void {
  const { port1, port2 } = new MessageChannel()
  port1.start()
  setLink(new RPCLink({ port: port1 }))
  window.postMessage(portHandshake, location.origin, [port2])
  setConnection({ status: 'open' })
}
