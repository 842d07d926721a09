import { useEffect } from 'react'
import { create } from 'zustand'
import type { Resident } from '#shared/contract/models.ts'
import { useEngine } from '../../rpc/engine.ts'

/** One a second, for the last minute. */
export const historyLength = 60
const sampleMilliseconds = 1000

export interface Sample {
  tokensPerSecond: number
  prefillTokensPerSecond: number
  memoryBytes: number
  queued: number
}

/** By model id, oldest first. */
export type History = Readonly<Record<string, readonly Sample[]>>

/** What the resident does at this moment: the speed of an answer that is over is no speed now. */
export function sampleOf({ activity, memoryBytes }: Resident): Sample {
  const isWorking = activity.task !== 'idle'
  return { tokensPerSecond: isWorking ? (activity.tokensPerSecond ?? 0) : 0, prefillTokensPerSecond: isWorking ? (activity.prefillTokensPerSecond ?? 0) : 0, memoryBytes, queued: activity.queued }
}

/** Models that are gone take their history along. */
export function withSamples(history: History, residents: readonly Resident[]): History {
  return Object.fromEntries(residents.map(resident => [resident.modelId, [...(history[resident.modelId] ?? []), sampleOf(resident)].slice(-historyLength)]))
}

/** All models together, aligned at their newest sample. */
export function totals(history: History, figure: keyof Sample): number[] {
  const rows = Object.values(history)
  const length = Math.max(0, ...rows.map(row => row.length))
  return Array.from({ length }, (_, index) => rows.reduce((sum, row) => sum + (row[row.length - length + index]?.[figure] ?? 0), 0))
}

export const useHistory = create<{ history: History }>(() => ({ history: {} }))

/** Samples while the page is in front; what happened in between is no part of a minute. */
export function useSampling(isActive: boolean): void {
  useEffect(() => {
    if (!isActive) return
    const timer = setInterval(() => useHistory.setState(({ history }) => ({ history: withSamples(history, useEngine.getState().residents) })), sampleMilliseconds)
    return () => {
      clearInterval(timer)
      useHistory.setState({ history: {} })
    }
  }, [isActive])
}
