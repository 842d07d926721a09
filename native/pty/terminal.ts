import { AppError } from '#shared/errors.ts'
import { Attachment } from './attachment.ts'
import type { PtyOutput } from './contract.ts'
import { signalShell } from './process-groups.ts'
import { ReplayBuffer } from './replay-buffer.ts'
import type { ShellExit, ShellPty } from './shell-pty.ts'

const killAfterMilliseconds = 2000

/** One shell, what it wrote, and everyone who looks at it. The shell rests while the slowest reader is behind. */
export class Terminal {
  readonly #pty: ShellPty
  readonly #replay = new ReplayBuffer()
  readonly #attachments = new Map<string, Attachment>()
  readonly #ended: Promise<void>
  #size: { columns: number; rows: number }
  #position = 0
  #isPaused = false
  #isClosing = false
  #exit: ShellExit | null = null

  constructor(pty: ShellPty, size: { columns: number; rows: number }, onExit: (exit: ShellExit) => void) {
    this.#pty = pty
    this.#size = size
    pty.onData(text => this.#onData(text))
    this.#ended = new Promise(resolve => {
      pty.onExit(exit => {
        this.#exit = exit
        for (const attachment of this.#attachments.values()) attachment.end({ type: 'exit', ...exit })
        onExit(exit)
        resolve()
      })
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  async *attach(attachmentId: string, signal: AbortSignal | undefined): AsyncGenerator<PtyOutput, void, void> {
    const attachment = new Attachment({ type: 'snapshot', replay: this.#replay.snapshot(), position: this.#position, ...this.#size }, () => this.#goOn())
    if (this.#exit) attachment.end({ type: 'exit', ...this.#exit })
    this.#attachments.set(attachmentId, attachment)
    try {
      yield* attachment.events(signal)
    } finally {
      this.#attachments.delete(attachmentId)
      this.#goOn()
    }
  }

  acknowledge(attachmentId: string, position: number): void {
    this.#attachments.get(attachmentId)?.acknowledge(position)
  }

  write(text: string): void {
    if (!this.#exit) this.#pty.write(text)
  }

  resize(columns: number, rows: number): void {
    this.#size = { columns, rows }
    if (!this.#exit) this.#pty.resize(columns, rows)
  }

  /** Hangs up, then kills; resolves when the shell has ended. */
  async close(): Promise<void> {
    if (this.#exit) return
    // Nobody reads it any more, so it must not be held up by who did.
    this.#isClosing = true
    this.#pty.resume()
    signalShell(this.pid, 'SIGHUP')
    const timer = setTimeout(() => signalShell(this.pid, 'SIGKILL'), killAfterMilliseconds)
    await this.#ended
    clearTimeout(timer)
  }

  /** Ends the shell at once. */
  kill(): void {
    if (!this.#exit) signalShell(this.pid, 'SIGKILL')
  }

  #onData(text: string): void {
    if (this.#isClosing) return
    this.#position += text.length
    this.#replay.push(text)
    for (const attachment of this.#attachments.values()) attachment.push(text)
    if (this.#isPaused || !this.#some(attachment => attachment.isFull)) return
    this.#isPaused = true
    this.#pty.pause()
  }

  #goOn(): void {
    if (!this.#isPaused || this.#some(attachment => !attachment.hasRoom)) return
    this.#isPaused = false
    this.#pty.resume()
  }

  #some(test: (attachment: Attachment) => boolean): boolean {
    for (const attachment of this.#attachments.values()) if (test(attachment)) return true
    return false
  }
}

export function missing(id: string): AppError<'TERMINAL_NOT_FOUND'> {
  return new AppError('TERMINAL_NOT_FOUND', { id })
}
