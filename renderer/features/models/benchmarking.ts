import { create } from 'zustand'
import type { Benchmark, Model } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { isAbort } from '../../shell/error-words.ts'

export interface Benchmarking {
  /** The one that is measured now. */
  running: { modelId: string; ratio: number } | null
  /** Why the last one ended without a result, unless it was cancelled. */
  failure: { modelId: string; error: unknown } | null
  /** The last result of this window; the host keeps it and tells whoever shows results. */
  last: Benchmark | null
}

/** One measurement at a time in this window. It goes on whatever is opened or closed meanwhile. */
export const useBenchmarking = create<Benchmarking>(() => ({ running: null, failure: null, last: null }))

let stop: AbortController | null = null

export async function measureModel({ id: modelId, contextLength }: Pick<Model, 'id' | 'contextLength'>): Promise<void> {
  if (stop) return
  const own = new AbortController()
  stop = own
  const tell = (state: Partial<Benchmarking>): void => {
    if (stop === own) useBenchmarking.setState(state)
  }
  tell({ running: { modelId, ratio: 0 }, failure: null })
  try {
    const promptTokens = Math.min(512, Math.max(16, Math.floor(contextLength / 4)))
    for await (const event of await client.models.benchmark({ id: modelId, promptTokens }, { signal: own.signal })) {
      if (event.type === 'benchmark-end') tell({ last: event })
      else tell({ running: { modelId, ratio: event.total === 0 ? 0 : event.done / event.total } })
    }
  } catch (error) {
    if (!isAbort(error)) tell({ failure: { modelId, error } })
  } finally {
    tell({ running: null })
    if (stop === own) stop = null
  }
}

export function cancelMeasuring(): void {
  stop?.abort()
  stop = null
  useBenchmarking.setState({ running: null })
}

export function forgetMeasuring(): void {
  useBenchmarking.setState({ failure: null })
}
