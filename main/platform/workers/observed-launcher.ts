import { Listeners } from '../live/listeners.ts'
import type { WorkerLauncher, WorkerProcess, WorkerSpec } from './worker-launcher.ts'

/** A launcher that knows which of its processes run. */
export class ObservedLauncher implements WorkerLauncher {
  readonly #launcher: WorkerLauncher
  readonly #running = new Map<WorkerProcess, WorkerSpec>()
  readonly #changes = new Listeners<void>()

  constructor(launcher: WorkerLauncher) {
    this.#launcher = launcher
  }

  async launch(spec: WorkerSpec): Promise<WorkerProcess> {
    const process = await this.#launcher.launch(spec)
    this.#running.set(process, spec)
    process.onExit(() => {
      this.#running.delete(process)
      this.#changes.tell()
    })
    this.#changes.tell()
    return process
  }

  /** The processes of that name that run now. */
  running(name: string): WorkerProcess[] {
    return [...this.#running].filter(([, spec]) => spec.name === name).map(([process]) => process)
  }

  /** The processes of that kind that run now, with the names that they have, the first of them first. */
  runningAs(entry: string): { name: string; process: WorkerProcess }[] {
    return [...this.#running].filter(([, spec]) => spec.entry === entry).map(([process, { name }]) => ({ name, process })).sort((a, b) => a.name.localeCompare(b.name))
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }
}
