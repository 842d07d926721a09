import type { AnyRouter } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import type { Log } from '../platform/log/log.ts'
import { readFrame } from './frame-guard.ts'
import { trace } from './trace.ts'

/** The host's end of a pipe of frames, in the shape of Electron's MessagePortMain. */
export interface ServerPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(frame: string | Uint8Array): void
}

export interface RpcServer {
  /** Serves every procedure over a port until it closes; then all its streams end. Frames that are not of the protocol are dropped. */
  serve(port: ServerPort): void
}

export function createRpcServer(router: AnyRouter, log: Log, transportName: string): RpcServer {
  const handler = new RPCHandler(router, { clientInterceptors: [trace(log, transportName)] })
  return {
    serve(port) {
      let dropped = 0
      const drop = (): void => {
        dropped += 1
        // Powers of ten, so that a flood does not fill the log.
        if (Number.isInteger(Math.log10(dropped))) log.warn('Dropped frames that are not of the protocol', { transport: transportName, dropped })
      }
      handler.upgrade({
        on: (event: string, listener: (event?: { data: unknown }) => unknown) => {
          if (event !== 'message') {
            port.on('close', () => void listener())
            return
          }
          port.on('message', ({ data }) => {
            const frame = readFrame(data)
            if (!frame) {
              drop()
              return
            }
            // The adapter's listener is asynchronous: a fault in it would otherwise be an unhandled rejection, which ends the process.
            Promise.resolve(listener({ data: frame })).catch((error: unknown) => {
              log.debug('A frame could not be answered', { transport: transportName, reason: error instanceof Error ? error.name : typeof error })
            })
          })
        },
        postMessage: (frame: string | Uint8Array) => {
          port.postMessage(frame)
        },
      }, { context: {} })
    },
  }
}
