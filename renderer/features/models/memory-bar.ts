import type { MemoryBudget, Model } from '#shared/contract/models.ts'
import { sizeWords } from './model-words.ts'

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
  /** All of it in a sentence, for those who do not see the bar. */
  text: string
}

/** The bar is what models may take; where other programs leave less of it than that, they are a part of it. */
export function memoryBar({ budgetBytes, usedBytes, freeBytes, models: taken, gpu }: MemoryBudget, models: readonly Model[]): MemoryBar {
  const leftInBudget = Math.max(0, budgetBytes - usedBytes)
  const left = Math.min(leftInBudget, Math.max(0, freeBytes))
  const otherBytes = leftInBudget - left
  const whole = Math.max(1, budgetBytes, usedBytes)
  const parts: BarPart[] = taken
    .filter(({ bytes }) => bytes > 0)
    .map(({ modelId, bytes }) => ({ kind: 'model', label: models.find(({ id }) => id === modelId)?.name ?? 'A model', amount: sizeWords(bytes), share: bytes / whole }))
  if (otherBytes > whole / 200) parts.push({ kind: 'other', label: 'Other programs', amount: sizeWords(otherBytes), share: otherBytes / whole })
  const freeText = `${sizeWords(left)} free of the budget of ${sizeWords(budgetBytes)}`
  return {
    parts,
    usedBytes,
    totalBytes: whole,
    freeText,
    gpuText: gpu === null ? null : `${gpu.name}: ${sizeWords(gpu.freeBytes)} of ${sizeWords(gpu.totalBytes)} free`,
    text: `Models take ${sizeWords(usedBytes)}; ${freeText}`,
  }
}
