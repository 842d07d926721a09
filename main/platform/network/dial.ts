import { Socket } from 'node:net'

/** A private field tells who is one: unlike a list, nothing that runs in this process can change what it says. */
class DoorSocket extends Socket {
  readonly #isOfTheDoor = true

  static isOne(socket: Socket): boolean {
    return #isOfTheDoor in socket
  }
}
const { isOne } = DoorSocket

/** Opens a connection to an address that the policy has allowed; nothing else gets past the host's guard. No name is looked up here. */
export function dial(address: string, port: number): Socket {
  const socket = new DoorSocket()
  return socket.connect({ host: address, port })
}

export function isPermitted(socket: Socket): boolean {
  return isOne(socket)
}
