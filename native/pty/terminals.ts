import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { AppError } from '#shared/errors.ts'
import type { PtyExit } from './contract.ts'
import type { OpenShell, ShellOptions } from './shell-pty.ts'
import { missing, Terminal } from './terminal.ts'

/** All shells of this worker, by id. */
export class Terminals {
  readonly #open: OpenShell
  readonly #terminals = new Map<string, Terminal>()
  /** Every end since the start, for readers that come late; a terminal that is closed is forgotten. */
  readonly #exits = new Map<string, PtyExit>()
  readonly #exitListeners = new Set<(exit: PtyExit) => void>()

  constructor(open: OpenShell) {
    this.#open = open
  }

  /** Throws TERMINAL_START_FAILED. */
  start(id: string, options: ShellOptions): { pid: number } {
    const fault = faultOf(options)
    if (fault) throw new AppError('TERMINAL_START_FAILED', { shell: options.shell, reason: fault })
    try {
      const terminal = new Terminal(this.#open(options), options, exit => this.#onExit({ id, ...exit }))
      this.#terminals.set(id, terminal)
      return { pid: terminal.pid }
    } catch (cause) {
      throw new AppError('TERMINAL_START_FAILED', { shell: options.shell, reason: 'the system could not open a terminal' }, { cause })
    }
  }

  /** Throws TERMINAL_NOT_FOUND. */
  get(id: string): Terminal {
    const terminal = this.#terminals.get(id)
    if (!terminal) throw missing(id)
    return terminal
  }

  acknowledge(id: string, attachmentId: string, position: number): void {
    this.#terminals.get(id)?.acknowledge(attachmentId, position)
  }

  async close(id: string): Promise<void> {
    await this.#terminals.get(id)?.close()
    this.#terminals.delete(id)
    this.#exits.delete(id)
  }

  killAll(): void {
    for (const terminal of this.#terminals.values()) terminal.kill()
  }

  async *watchExits(signal: AbortSignal | undefined): AsyncGenerator<PtyExit, void, void> {
    const waiting = [...this.#exits.values()]
    let wake: () => void = () => undefined
    const listen = (exit: PtyExit): void => {
      waiting.push(exit)
      wake()
    }
    const abort = (): void => wake()
    this.#exitListeners.add(listen)
    signal?.addEventListener('abort', abort)
    try {
      while (!signal?.aborted) {
        const exit = waiting.shift()
        if (exit) yield exit
        else await new Promise<void>(resolve => (wake = resolve))
      }
    } finally {
      this.#exitListeners.delete(listen)
      signal?.removeEventListener('abort', abort)
    }
  }

  #onExit(exit: PtyExit): void {
    this.#exits.set(exit.id, exit)
    for (const listener of this.#exitListeners) listener(exit)
  }
}

/** Why the shell cannot be started, asked beforehand: once forked, it could only say so on its own screen. */
function faultOf({ shell, cwd }: ShellOptions): string | null {
  if (!isAbsolute(shell)) return 'its path is not absolute'
  try {
    if (!statSync(shell).isFile()) return 'it is not a file'
    accessSync(shell, constants.X_OK)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : 'it may not be executed'
  }
  try {
    accessSync(cwd, constants.X_OK)
    return statSync(cwd).isDirectory() ? null : 'the folder to start in is not a folder'
  } catch {
    return 'the folder to start in cannot be entered'
  }
}
