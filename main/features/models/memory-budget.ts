import type { MemoryBudget } from '#shared/contract/models.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import type { MachineMemory, ProcessMemory } from '../../platform/memory/memory.ts'

/** One model that is loaded, or about to be. */
export interface Holding {
  modelId: string
  plan: LoadPlan | null
  /** As the system counts it; null where it does not. */
  measured: ProcessMemory | null
  /** What it takes of the card has gone from what the card has free, once that is looked at. */
  isLoaded: boolean
}

/** Main memory that a plan takes. */
export function hostBytes(plan: LoadPlan): number {
  return plan.totalBytes - plan.gpuBytes
}

/** What a model takes now, or will once it has touched all of it. */
export function heldBytes({ plan, measured }: Holding): number {
  return Math.max(plan ? hostBytes(plan) : 0, measured?.bytes ?? 0)
}

/** `share`: of all memory, what models together may take. */
export function memoryBudget(machine: MachineMemory, share: number, holdings: readonly Holding[]): MemoryBudget {
  const models = holdings.map(holding => ({ modelId: holding.modelId, bytes: heldBytes(holding) }))
  return {
    totalBytes: machine.totalBytes,
    freeBytes: machine.freeBytes,
    budgetBytes: Math.floor(machine.totalBytes * share),
    usedBytes: models.reduce((sum, { bytes }) => sum + bytes, 0),
    models,
    gpu: machine.gpu,
  }
}

/**
 * What another model may take: the least of what the budget leaves and what the machine has. What the models that are there hold of files the system
 * counts as free, and what they have not touched yet it cannot count: neither is there for another.
 */
export function freeForModels(machine: MachineMemory, share: number, holdings: readonly Holding[]): { freeBytes: number; freeGpuBytes: number | null } {
  const { budgetBytes, usedBytes } = memoryBudget(machine, share, holdings)
  const claimed = holdings.reduce((sum, holding) => sum + heldBytes(holding) - (holding.measured?.bytes ?? 0) + (holding.measured?.fileBytes ?? 0), 0)
  const onCard = (which: (holding: Holding) => boolean): number => holdings.filter(which).reduce((sum, { plan }) => sum + (plan?.gpuBytes ?? 0), 0)
  return {
    freeBytes: Math.max(0, Math.min(budgetBytes - usedBytes, machine.freeBytes - claimed)),
    // What the card has free was seen a while ago, perhaps before the last model took its part.
    freeGpuBytes: machine.gpu ? Math.max(0, Math.min(machine.gpu.freeBytes - onCard(({ isLoaded }) => !isLoaded), machine.gpu.totalBytes - onCard(() => true)) - gpuReserve) : null,
  }
}

/** For the screen, and for what drivers keep. */
const gpuReserve = 300e6
