import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { isErrorCode } from '#shared/errors.ts'
import type { Log } from '../platform/log/log.ts'
import { describeFault } from '../platform/log/log-faults.ts'
import { ControlRequest, type ControlAnswer, type HostLine } from './control-messages.ts'
import { onLines } from './lines.ts'
import type { RpcServer, ServerPort } from './rpc-server.ts'

/** As for the page: whoever leaves this much unread is cut off. */
const largestBacklog = 256 * 1024 * 1024

export interface ControlServerOptions {
  path: string
  rpc: RpcServer
  log: Log
  /** Opens a folder for another start; null opens none. */
  open: (folder: string | null) => Promise<HostLine>
  /** A connection that has more than this waiting to be read is ended; 256 MB where it is not said. */
  largestBacklogBytes?: number
}

/** Listens for other starts and the command line of the same person: the file's rights (0600) are the check. Call it only with the profile's lock in hand. */
export async function listenForControl({ path, rpc, log, open, largestBacklogBytes = largestBacklog }: ControlServerOptions): Promise<{ close: () => Promise<void> }> {
  const isFile = process.platform !== 'win32'
  // The lock says that whoever made it is gone.
  if (isFile) rmSync(path, { force: true })
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    receive(socket, rpc, open, largestBacklogBytes).catch((error: unknown) => {
      log.error('Another start could not be answered', describeFault(error))
      socket.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    // The socket's file is made within this call: what else the host makes or starts meanwhile keeps its own rights.
    const before = process.umask(0o177)
    server.listen(path, resolve)
    process.umask(before)
  })
  if (isFile) chmodSync(path, 0o600)
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>(resolve => {
        server.close(() => {
          resolve()
        })
      })
      if (isFile) rmSync(path, { force: true })
    },
  }
}

async function receive(socket: Socket, rpc: RpcServer, open: ControlServerOptions['open'], largestBacklogBytes: number): Promise<void> {
  let passOn: ((frame: string) => void) | null = null
  const first = new Promise<string>(resolve => {
    onLines(socket, line => {
      if (passOn) passOn(line)
      else resolve(line)
    })
  })
  const port: ServerPort = {
    on(event: 'message' | 'close', listener: (event: { data: unknown }) => void) {
      if (event === 'close') socket.on('close', listener)
      else passOn = data => {
        listener({ data })
      }
    },
    postMessage(frame) {
      if (!socket.writable) return
      if (socket.writableLength > largestBacklogBytes) socket.destroy()
      else socket.write(`${String(frame)}\n`)
    },
  }
  const request = ControlRequest.safeParse(parse(await first))
  if (!request.success) {
    socket.destroy()
    return
  }
  if (request.data.type === 'rpc') {
    rpc.serve(port)
    socket.write('{"type":"ready"}\n')
    return
  }
  const answer: ControlAnswer = await open(request.data.folder).then(
    line => ({ type: 'line', line }),
    (error: unknown) => {
      // An error of the catalogue, thrown by a service or come through the router.
      const { code, data } = error as { code?: unknown; data?: unknown }
      if (isErrorCode(code)) return { type: 'error', code, data }
      throw error
    },
  )
  socket.end(`${JSON.stringify(answer)}\n`)
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
