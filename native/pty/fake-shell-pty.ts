import type { OpenShell, ShellExit, ShellOptions, ShellPty } from './shell-pty.ts'

/** A shell that says what a test lets it say, and remembers what it was told. */
export class FakeShellPty implements ShellPty {
  readonly pid: number
  readonly options: ShellOptions
  readonly written: string[] = []
  readonly sizes: { columns: number; rows: number }[] = []
  isPaused = false
  readonly #data: ((text: string) => void)[] = []
  readonly #exit: ((exit: ShellExit) => void)[] = []

  /** The process id must be one that no process has: it is signalled. */
  constructor(options: ShellOptions, pid: number) {
    this.options = options
    this.pid = pid
  }
  onData(listener: (text: string) => void): void {
    this.#data.push(listener)
  }
  onExit(listener: (exit: ShellExit) => void): void {
    this.#exit.push(listener)
  }
  write(text: string): void {
    this.written.push(text)
  }
  resize(columns: number, rows: number): void {
    this.sizes.push({ columns, rows })
  }
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  print(text: string): void {
    for (const listener of this.#data) listener(text)
  }
  exit(exit: ShellExit = { code: 0, signal: null }): void {
    for (const listener of this.#exit) listener(exit)
  }
}

/** Opens fake shells and keeps them, oldest first. Their process ids lie above what any system gives. */
export function fakeShells(): { shells: FakeShellPty[]; open: OpenShell } {
  const shells: FakeShellPty[] = []
  const open: OpenShell = options => {
    const shell = new FakeShellPty(options, 0x7000_0000 + shells.length)
    shells.push(shell)
    return shell
  }
  return { shells, open }
}
