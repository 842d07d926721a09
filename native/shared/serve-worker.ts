import { Worker } from 'node:worker_threads'
import type { AnyRouter } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'

const heartbeatMilliseconds = 500

/** oRPC's peers mark an event of a stream by 3; their enum is not exported to us. */
const isEvent = (type: number): boolean => type === 3

/** Exit code of a worker that met an error of its own making. */
const faultExitCode = 70

// Runs beside a busy event loop: when the host has gone nobody can use this process, so it ends at once.
const watchHost = `
  const { ppid } = process
  const isGone = () => {
    if (process.ppid !== ppid) return true
    if (process.platform !== 'win32') return false
    try { process.kill(ppid, 0); return false } catch { return true }
  }
  setInterval(() => { if (isGone()) process.kill(process.pid, 'SIGKILL') }, 250)
`

interface WorkerOptions {
  /** Frees what outlives this process, such as shells; runs synchronously before every exit that this process decides on. */
  onExit?: () => void
}

/** Serves a router to the host over the process's IPC channel, and ends with the host. */
export function serveWorker(router: AnyRouter, { onExit }: WorkerOptions = {}): void {
  const send = process.send?.bind(process)
  if (!send) throw new Error('A worker is started by the host, not by hand')
  const exit = (code: number): void => {
    try {
      onExit?.()
    } finally {
      process.exit(code)
    }
  }
  process.on('disconnect', () => {
    try {
      onExit?.()
    } finally {
      // No native library gets to hold up the end by tidying.
      process.kill(process.pid, 'SIGKILL')
    }
  })
  process.on('SIGTERM', () => exit(0))
  // A terminal's Ctrl-C goes to the host's whole group; the host decides what it means.
  process.on('SIGINT', () => undefined)
  process.on('uncaughtException', error => fault(error, exit))
  process.on('unhandledRejection', error => fault(error, exit))

  new Worker(watchHost, { eval: true, stdin: false, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 } }).unref()
  setInterval(() => post({ type: 'heartbeat' }), heartbeatMilliseconds).unref()

  // A frame that cannot be sent means the host is going; `disconnect` follows.
  const post = (frame: unknown): void => void send(frame, undefined, undefined, () => undefined)
  // Events of streams travel as structured clones: their text is written and read once less than as JSON.
  new RPCHandler(router, { experimental_transfer: ([, type]) => (isEvent(type) ? [] : null) }).upgrade({
    on: (event, listener) => {
      if (event === 'message') process.on('message', data => listener({ data }))
    },
    postMessage: post,
  })
}

/** Says where it broke, not what the data was: messages of errors can quote prompts and files. */
function fault(error: unknown, exit: (code: number) => void): void {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter(line => line.startsWith('    at ')) : []
  const name = error instanceof Error ? error.name : typeof error
  process.stderr.write(`${name}\n${frames.slice(0, 10).join('\n')}\n`)
  exit(faultExitCode)
}
