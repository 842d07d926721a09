import { describe, expect, it } from 'vitest'
import type { LoadPlan } from '#shared/load-plan.ts'
import { freeForModels, heldBytes, hostBytes, memoryBudget, type Holding } from './memory-budget.ts'

const plan = (totalBytes: number, gpuBytes: number): LoadPlan => ({ contextTokens: 8192, sequences: 1, gpuLayers: 1, layers: 2, kvCacheType: 'f16', batchTokens: 512, threads: null, weightsBytes: 0, cacheBytes: 0, computeBytes: 0, totalBytes, gpuBytes, fits: true, freeBytes: 0, freeGpuBytes: null, reason: null, smaller: null })
const holding = (totalBytes: number, gpuBytes = 0, more: Partial<Holding> = {}): Holding => ({ modelId: 'a', plan: plan(totalBytes, gpuBytes), measured: null, isLoaded: false, ...more })
const machine = (freeBytes: number, freeGpuBytes: number | null = null) => ({ totalBytes: 32e9, freeBytes, gpu: freeGpuBytes === null ? null : { name: 'A card', totalBytes: 12e9, freeBytes: freeGpuBytes } })
const reserve = 0.3e9

describe('the memory budget', () => {
  it('counts what a model takes, or will once it has touched all of it', () => {
    expect(hostBytes(plan(5e9, 4e9))).toBe(1e9)
    expect(heldBytes(holding(5e9, 4e9))).toBe(1e9)
    expect(heldBytes(holding(5e9, 0, { measured: { bytes: 6e9, fileBytes: 4e9 } }))).toBe(6e9)
    expect(heldBytes(holding(5e9, 0, { measured: { bytes: 2e9, fileBytes: 1e9 } }))).toBe(5e9)
    expect(heldBytes(holding(5e9, 0, { plan: null }))).toBe(0)
    expect(memoryBudget(machine(20e9, 8e9), 0.75, [holding(5e9), holding(3e9, 3e9)])).toEqual({ totalBytes: 32e9, freeBytes: 20e9, budgetBytes: 24e9, usedBytes: 5e9, models: [{ modelId: 'a', bytes: 5e9 }, { modelId: 'a', bytes: 0 }], gpu: machine(20e9, 8e9).gpu })
  })

  it('leaves the least of what the budget and the machine have', () => {
    expect(freeForModels(machine(30e9), 0.75, [])).toEqual({ freeBytes: 24e9, freeGpuBytes: null })
    expect(freeForModels(machine(10e9), 0.75, []).freeBytes).toBe(10e9)
    // Of what was loaded a part is not touched yet, and what it holds of its file counts as free to the system.
    expect(freeForModels(machine(10e9), 0.75, [holding(5e9, 0, { measured: { bytes: 3e9, fileBytes: 1e9 } })]).freeBytes).toBe(10e9 - 2e9 - 1e9)
    expect(freeForModels(machine(1e9), 0.1, [holding(9e9)]).freeBytes).toBe(0)
  })

  it('takes off the card what is about to go there, and a reserve', () => {
    expect(freeForModels(machine(30e9, 10e9), 0.75, []).freeGpuBytes).toBe(10e9 - reserve)
    expect(freeForModels(machine(30e9, 10e9), 0.75, [holding(5e9, 4e9)]).freeGpuBytes).toBe(6e9 - reserve)
    expect(freeForModels(machine(30e9, 1e9), 0.75, [holding(5e9, 4e9)]).freeGpuBytes).toBe(0)
  })

  it('counts what is on the card once, whether the card was looked at before or after it was loaded', () => {
    const loaded = holding(5e9, 4e9, { isLoaded: true })
    // Other programs have 2 GB of the 12.
    expect(freeForModels(machine(30e9, 6e9), 0.75, [loaded]).freeGpuBytes).toBe(6e9 - reserve)
    expect(freeForModels(machine(30e9, 12e9), 0.75, [loaded]).freeGpuBytes).toBe(8e9 - reserve)
    expect(freeForModels(machine(30e9, 12e9), 0.75, [loaded, holding(9e9, 8e9)]).freeGpuBytes).toBe(0)
  })
})
