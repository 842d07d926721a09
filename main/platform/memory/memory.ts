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

export interface Memory {
  machine(): Promise<MachineMemory>
  /** Null where the system does not say, or the process has gone. */
  process(pid: number): Promise<ProcessMemory | null>
}
