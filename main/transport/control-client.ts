import { connect, type Socket } from 'node:net'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { Client } from '#shared/contract/index.ts'
import { AppError, isErrorCode } from '#shared/errors.ts'
import { ControlAnswer, type ControlRequest, type HostLine } from './control-messages.ts'
import { onLines } from './lines.ts'

/** Hands a folder to the running host; the line of that host comes back, or null where none listens. */
export async function openInRunningHost(path: string, folder: string | null): Promise<HostLine | null> {
  const socket = await connectOnce(path)
  if (!socket) return null
  try {
    const answer = ControlAnswer.parse(JSON.parse(await ask(socket, { type: 'open', folder })))
    if (answer.type === 'line') return answer.line
    // The host sends the data of the code, as the catalogue has it.
    if (isErrorCode(answer.code)) throw new AppError(answer.code, answer.data as never)
    throw new AppError('HOST_UNREACHABLE', { reason: answer.code })
  } finally {
    socket.destroy()
  }
}

export interface HostConnection {
  client: Client
  close: () => void
}

/** A client of the running host over its control socket, or null where none listens. */
export async function connectToRunningHost(path: string): Promise<HostConnection | null> {
  const socket = await connectOnce(path)
  return socket && (await connectRpc(socket))
}

async function connectRpc(socket: Socket): Promise<HostConnection> {
  const listeners: ((event?: { data: unknown }) => void)[] = []
  await ask(socket, { type: 'rpc' }, line => {
    for (const listener of listeners) listener({ data: line })
  })
  const port = {
    on(event: string, listener: (event?: { data: unknown }) => void) {
      if (event === 'close') socket.on('close', () => {
        listener()
      })
      else listeners.push(listener)
    },
    postMessage(frame: unknown) {
      if (!socket.writable) throw new AppError('HOST_UNREACHABLE', { reason: 'The host ended' })
      socket.write(`${String(frame)}\n`)
    },
  }
  // The contract is what the host at the other end serves.
  const client = createORPCClient(new RPCLink({ port })) as unknown as Client
  return { client, close: () => socket.destroy() }
}

/** Sends the first line and gives the first line back; later lines go to `rest`. */
async function ask(socket: Socket, request: ControlRequest, rest: (line: string) => void = () => undefined): Promise<string> {
  return await new Promise((resolve, reject) => {
    let isAnswered = false
    onLines(socket, line => {
      if (isAnswered) rest(line)
      isAnswered = true
      resolve(line)
    })
    socket.on('close', () => {
      reject(new AppError('HOST_UNREACHABLE', { reason: 'The running host closed the connection' }))
    })
    socket.write(`${JSON.stringify(request)}\n`)
  })
}

async function connectOnce(path: string): Promise<Socket | null> {
  return await new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => {
      resolve(socket)
    })
    // After the connection has been made, `close` tells whoever waits.
    socket.on('error', () => {
      resolve(null)
    })
  })
}
