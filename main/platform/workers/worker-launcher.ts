import type { Confinement, Enforced } from './confinement.ts'

/** How a worker process is to be started. */
export interface WorkerSpec {
  /** `inference`, `pty`: names the worker in errors, logs and the process list. */
  name: string
  /** Name of the entry among the built workers, such as `inference`. */
  entry: string
  /** Added to the cleaned environment; nothing of the host's environment passes unless it is named here or on the launcher's allow-list. */
  env: Record<string, string>
  /** What the operating system is to keep this process from, wherever it can. */
  confinement: Confinement
}

export interface WorkerExit {
  code: number | null
  signal: string | null
}

/** One running worker process: frames in, frames out, and its end. */
export interface WorkerProcess {
  readonly pid: number
  /** What the operating system keeps this process from. */
  readonly enforced: Enforced
  postMessage(frame: string | Uint8Array): void
  onMessage(listener: (frame: unknown) => void): void
  onExit(listener: (exit: WorkerExit) => void): void
  /** TERM, then KILL after the grace period; resolves when the process has gone. */
  stop(graceMilliseconds?: number): Promise<void>
}

/** Starts processes; supervision (restart, back-off) is the same over every implementation. */
export interface WorkerLauncher {
  launch(spec: WorkerSpec): Promise<WorkerProcess>
}
