import { useEffect } from 'react'
import { create } from 'zustand'
import type { Resident } from '#shared/contract/models.ts'
import { useEngine } from '../../rpc/engine.ts'

/** One a second, for the last minute. */
export const historyLength = 60
const sampleMilliseconds = 1000
/** What ended since the last sample belongs into the next: a completion is over before anybody looks. Its news takes a quarter of a second. */
const recentMilliseconds = sampleMilliseconds + 250

export interface Sample {
  tokensPerSecond: number
  prefillTokensPerSecond: number
  /** Of models for vectors and ranking. */
  textsPerSecond: number
  memoryBytes: number
  queued: number
  /** When the model was last asked, milliseconds since 1970; 0 where nobody did. */
  usedAt: number
}

/** What a chart can draw of it. */
export type Figure = Exclude<keyof Sample, 'usedAt'>

/** By model id, oldest first. */
export type History = Readonly<Record<string, readonly Sample[]>>

/** What the resident does, or did since the sample before: the speed of an answer that is over for longer is no speed now. */
export function sampleOf({ activity, memoryBytes, lastUsedAt }: Resident, now = Date.now(), before?: Sample): Sample {
  const usedAt = lastUsedAt?.getTime() ?? 0
  const isNow = activity.task !== 'idle' || (now - usedAt < recentMilliseconds && usedAt !== before?.usedAt)
  const rate = (value: number | null | undefined): number => (isNow ? (value ?? 0) : 0)
  return { tokensPerSecond: rate(activity.tokensPerSecond), prefillTokensPerSecond: rate(activity.prefillTokensPerSecond), textsPerSecond: rate(activity.textsPerSecond), memoryBytes, queued: activity.queued, usedAt }
}

/** Models that are gone take their history along. */
export function withSamples(history: History, residents: readonly Resident[], now = Date.now()): History {
  return Object.fromEntries(
    residents.map(resident => {
      const before = history[resident.modelId] ?? []
      return [resident.modelId, [...before, sampleOf(resident, now, before.at(-1))].slice(-historyLength)]
    }),
  )
}

/** All models together, aligned at their newest sample. */
export function totals(history: History, figure: Figure): number[] {
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
