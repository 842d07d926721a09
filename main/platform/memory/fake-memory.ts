import type { CardLook, MachineMemory, Memory, ProcessMemory } from './memory.ts'

/** As much memory as a test says. */
export class FakeMemory implements Memory {
  now: MachineMemory
  /** By process id. */
  readonly processes = new Map<number, ProcessMemory>()
  /** What the next look afresh finds, until which `now` holds; undefined: the same. */
  found: MachineMemory['gpu'] | undefined
  readonly looks: CardLook[] = []

  constructor(freeBytes: number, totalBytes: number = freeBytes) {
    this.now = { totalBytes, freeBytes, gpu: null }
  }

  async machine(card: CardLook = 'shown'): Promise<MachineMemory> {
    this.looks.push(card)
    if (card === 'afresh' && this.found !== undefined) this.now = { ...this.now, gpu: this.found }
    return this.now
  }

  async process(pid: number): Promise<ProcessMemory | null> {
    return this.processes.get(pid) ?? null
  }
}
