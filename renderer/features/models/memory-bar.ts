import type { MemoryBudget, Model, Resident } from '#shared/contract/models.ts'
import { sizeWords } from '#shared/size-words.ts'

export interface BarPart {
  kind: 'model' | 'other'
  label: string
  amount: string
  /** Of the whole bar, 0 to 1. */
  share: number
}

export interface MemoryBar {
  parts: BarPart[]
  usedBytes: number
  totalBytes: number
  freeText: string
  gpuText: string | null
  /** What their processes hold of it now; null where nothing is loaded. */
  heldText: string | null
  /** All of it in a sentence, for those who do not see the bar. */
  text: string
}

/**
 * The bar is what models may take, and of it what is set aside for each: what its plan says, or what its process holds where that is more. Where other
 * programs leave less of it than that, they are a part of it.
 */
export function memoryBar({ budgetBytes, usedBytes, freeBytes, models: taken, gpu }: MemoryBudget, models: readonly Model[], residents: readonly Pick<Resident, 'memoryBytes'>[] = []): MemoryBar {
  const leftInBudget = Math.max(0, budgetBytes - usedBytes)
  const left = Math.min(leftInBudget, Math.max(0, freeBytes))
  const otherBytes = leftInBudget - left
  const whole = Math.max(1, budgetBytes, usedBytes)
  const parts: BarPart[] = taken
    .filter(({ bytes }) => bytes > 0)
    .map(({ modelId, bytes }) => ({ kind: 'model', label: models.find(({ id }) => id === modelId)?.name ?? 'A model', amount: sizeWords(bytes), share: bytes / whole }))
  if (otherBytes > whole / 200) parts.push({ kind: 'other', label: 'Other programs', amount: sizeWords(otherBytes), share: otherBytes / whole })
  const held = residents.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  const freeText = `${sizeWords(left)} free of the budget of ${sizeWords(budgetBytes)}`
  return {
    parts,
    usedBytes,
    totalBytes: whole,
    freeText,
    gpuText: gpu === null ? null : `${gpu.name}: ${sizeWords(gpu.freeBytes)} of ${sizeWords(gpu.totalBytes)} free`,
    heldText: usedBytes === 0 ? null : sizeWords(held) === sizeWords(usedBytes) ? `${sizeWords(usedBytes)} set aside` : `${sizeWords(usedBytes)} set aside, ${sizeWords(held)} of it in use now`,
    text: `Set aside for models: ${sizeWords(usedBytes)}; ${freeText}`,
  }
}

/** What a process holds, of what is set aside for it: `145 of 205 MB`. */
export function heldWords({ modelId, memoryBytes }: Pick<Resident, 'modelId' | 'memoryBytes'>, budget: MemoryBudget | null): string {
  const aside = budget?.models.find(one => one.modelId === modelId)?.bytes ?? 0
  if (memoryBytes <= 0) return aside > 0 ? `0 of ${sizeWords(aside)}` : '–'
  const [held, whole] = [sizeWords(memoryBytes), sizeWords(Math.max(aside, memoryBytes))]
  if (held === whole) return held
  const [, unit] = whole.split(' ')
  return held.endsWith(` ${unit}`) ? `${held.slice(0, -1 - (unit?.length ?? 0))} of ${whole}` : `${held} of ${whole}`
}
