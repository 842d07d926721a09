import type { Gpu } from '#shared/contract/hardware.ts'
import type { CardLook, MachineMemory } from '../../platform/memory/memory.ts'

interface Known {
  gpus: readonly Gpu[]
  isComplete: boolean
}

interface HardwareKnown {
  /** Looks for cards where what is known is old, which may take a while. */
  get(): Promise<Known>
  /** What is known at once. */
  quick(): Promise<Known>
  /** Looks at all of them again. */
  lookAgain(): Promise<Known>
}

/** The card that models run on, with its free memory. Nobody waits for the first look: until it has come llama.cpp itself decides what goes to a card. */
export function usableGpu(hardware: HardwareKnown): (look?: CardLook) => Promise<MachineMemory['gpu']> {
  return async (look = 'shown') => {
    const known = look === 'afresh' ? await hardware.lookAgain().catch(() => hardware.quick()) : await hardware.quick()
    // A page that shows memory does not look for cards where there were none: a plan does, and so does whoever opens the page.
    if (look === 'planned' || !known.isComplete || known.gpus.length > 0) void hardware.get().catch(() => undefined)
    // Where a card has no memory of its own, what it takes is main memory, which the budget holds already.
    const card = known.gpus.find(({ totalBytes, unifiedBytes }) => unifiedBytes < totalBytes)
    return card ? { name: card.names.join(', '), totalBytes: card.totalBytes, freeBytes: card.freeBytes } : null
  }
}
