import type { MachineMemory, Memory, ProcessMemory } from './memory.ts'

/** As much memory as a test says. */
export class FakeMemory implements Memory {
  now: MachineMemory
  /** By process id. */
  readonly processes = new Map<number, ProcessMemory>()

  constructor(freeBytes: number, totalBytes: number = freeBytes) {
    this.now = { totalBytes, freeBytes, gpu: null }
  }

  async machine(): Promise<MachineMemory> {
    return this.now
  }

  async process(pid: number): Promise<ProcessMemory | null> {
    return this.processes.get(pid) ?? null
  }
}
