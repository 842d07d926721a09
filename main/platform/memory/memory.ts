/** Memory of this machine, now. */
export interface MachineMemory {
  totalBytes: number
  /** What programs can still take without others being pushed out. */
  freeBytes: number
  /** The graphics card that models run on; null where there is none that they can use. */
  gpu: { name: string; totalBytes: number; freeBytes: number } | null
}

export interface ProcessMemory {
  /** All that is in main memory. */
  bytes: number
  /** Of it, pages of files: the system can drop them, and counts them among what is free. */
  fileBytes: number
}

/** `shown`: the card as it is known. `planned`: one is looked for where the last look was long ago, and nobody waits for that. `afresh`: a new look is waited for. */
export type CardLook = 'shown' | 'planned' | 'afresh'

export interface Memory {
  machine(card?: CardLook): Promise<MachineMemory>
  /** Null where the system does not say, or the process has gone. */
  process(pid: number): Promise<ProcessMemory | null>
}
