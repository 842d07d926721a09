import { Socket } from 'node:net'

const permitted = new WeakSet<Socket>()

/** Opens a connection to an address that the policy has allowed; nothing else gets past the host's guard. No name is looked up here. */
export function dial(address: string, port: number): Socket {
  const socket = new Socket()
  permitted.add(socket)
  return socket.connect({ host: address, port })
}

export function isPermitted(socket: Socket): boolean {
  return permitted.has(socket)
}
