import { constants } from 'node:os'
import type { ReadStream } from 'node:tty'
import { spawn } from 'node-pty'

export interface ShellOptions {
  shell: string
  args: string[]
  cwd: string
  env: Record<string, string>
  columns: number
  rows: number
}

export interface ShellExit {
  code: number | null
  signal: string | null
}

/** A shell on a pseudo-terminal. */
export interface ShellPty {
  readonly pid: number
  /** Decoded output; a character is never split. */
  onData(listener: (text: string) => void): void
  /** Called once, after the last output. */
  onExit(listener: (exit: ShellExit) => void): void
  write(text: string): void
  resize(columns: number, rows: number): void
  pause(): void
  resume(): void
}

export type OpenShell = (options: ShellOptions) => ShellPty

/** What is still read after the shell has ended, though programs it left behind may go on writing. */
const drainMilliseconds = 1000
const drainUnits = 1024 * 1024

export const openShell: OpenShell = ({ shell, args, cwd, env, columns, rows }) => {
  const terminal = spawn(shell, args, { name: 'xterm-256color', cols: columns, rows, cwd, env })
  let isEnding = false
  keepRest(terminal, () => (isEnding = true))
  return {
    pid: terminal.pid,
    onData: listener => void terminal.onData(listener),
    onExit: listener =>
      void terminal.onExit(({ exitCode, signal }) => {
        const name = signal ? (signalName(signal) ?? `signal ${signal}`) : null
        listener({ code: name === null ? exitCode : null, signal: name })
      }),
    write: text => terminal.write(text),
    resize: (toColumns, toRows) => terminal.resize(toColumns, toRows),
    pause: () => {
      if (!isEnding) terminal.pause()
    },
    resume: () => terminal.resume(),
  }
}

/**
 * node-pty closes its descriptor 200 ms after the shell has ended, read or not: a reader that was slow would lose the rest. The closing
 * is put off until the rest has been read. Its field is private; where there is none, as on Windows, nothing is lost this way.
 */
function keepRest(terminal: object, onEnding: () => void): void {
  const socket = (terminal as { _socket?: ReadStream })._socket
  if (!socket || process.platform === 'win32') return
  const destroy = socket.destroy.bind(socket)
  let isDraining = false
  socket.destroy = error => {
    if (error || isDraining || socket.readableEnded) return destroy(error)
    isDraining = true
    onEnding()
    let units = 0
    const timer = setTimeout(() => destroy(), drainMilliseconds)
    socket.once('close', () => clearTimeout(timer))
    socket.on('data', (text: string) => {
      units += text.length
      if (units > drainUnits) destroy()
    })
    socket.resume()
    return socket
  }
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0]
}
