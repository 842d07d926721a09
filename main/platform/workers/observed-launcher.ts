import { Listeners } from '../live/listeners.ts'
import type { Enforced } from './confinement.ts'
import type { WorkerLauncher, WorkerProcess, WorkerSpec } from './worker-launcher.ts'

/** A launcher that knows which of its processes run, and what held for those that ran. */
export class ObservedLauncher implements WorkerLauncher {
  readonly #launcher: WorkerLauncher
  readonly #running = new Map<WorkerProcess, WorkerSpec>()
  readonly #last = new Map<string, Enforced>()
  readonly #changes = new Listeners<void>()

  constructor(launcher: WorkerLauncher) {
    this.#launcher = launcher
  }

  async launch(spec: WorkerSpec): Promise<WorkerProcess> {
    const process = await this.#launcher.launch(spec)
    this.#running.set(process, spec)
    this.#last.set(spec.name, process.enforced)
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

  /** What held for the newest process of that name, whether it still runs or not; null where there was none. */
  last(name: string): Enforced | null {
    return this.#last.get(name) ?? null
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }
}
