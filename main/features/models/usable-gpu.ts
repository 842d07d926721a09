import type { Gpu } from '#shared/contract/hardware.ts'
import type { MachineMemory } from '../../platform/memory/memory.ts'

interface HardwareKnown {
  /** Looks for cards, which may take a while. */
  get(): Promise<{ gpus: readonly Gpu[] }>
  /** What is known at once. */
  quick(): Promise<{ gpus: readonly Gpu[] }>
}

/** The card that models run on, with its free memory. Nobody waits for the first look: until it has come llama.cpp itself decides what goes to a card. */
export function usableGpu(hardware: HardwareKnown): () => Promise<MachineMemory['gpu']> {
  let mayHaveCard = true
  return async () => {
    if (!mayHaveCard) return null
    void hardware.get().then(({ gpus }) => (mayHaveCard = gpus.length > 0), () => undefined)
    // Where a card has no memory of its own, what it takes is main memory, which the budget holds already.
    const card = (await hardware.quick()).gpus.find(({ totalBytes, unifiedBytes }) => unifiedBytes < totalBytes)
    return card ? { name: card.names.join(', '), totalBytes: card.totalBytes, freeBytes: card.freeBytes } : null
  }
}
