import { Listeners } from '../live/listeners.ts'
import type { WorkerLauncher, WorkerProcess, WorkerSpec } from './worker-launcher.ts'

/** A launcher that knows which of its processes run. */
export class ObservedLauncher implements WorkerLauncher {
  readonly #launcher: WorkerLauncher
  readonly #running = new Map<WorkerProcess, string>()
  readonly #changes = new Listeners<void>()

  constructor(launcher: WorkerLauncher) {
    this.#launcher = launcher
  }

  async launch(spec: WorkerSpec): Promise<WorkerProcess> {
    const process = await this.#launcher.launch(spec)
    this.#running.set(process, spec.name)
    process.onExit(() => {
      this.#running.delete(process)
      this.#changes.tell()
    })
    this.#changes.tell()
    return process
  }

  /** The processes of that name that run now. */
  running(name: string): WorkerProcess[] {
    return [...this.#running].filter(([, itsName]) => itsName === name).map(([process]) => process)
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }
}
