import { useEffect, useRef, useState } from 'react'
import type { Benchmark, Model } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'

export interface Benchmarking {
  /** The one that is measured now. */
  running: { modelId: string; ratio: number } | null
  failure: unknown
  /** Null where it was cancelled or failed. */
  measure: (model: Pick<Model, 'id' | 'contextLength'>) => Promise<Benchmark | null>
  cancel: () => void
}

/** Measures one model at a time, as long as the component stands. */
export function useBenchmark(): Benchmarking {
  const [running, setRunning] = useState<Benchmarking['running']>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])
  async function measure({ id: modelId, contextLength }: Pick<Model, 'id' | 'contextLength'>): Promise<Benchmark | null> {
    stop.current?.abort()
    const own = new AbortController()
    stop.current = own
    setRunning({ modelId, ratio: 0 })
    setFailure(null)
    try {
      const promptTokens = Math.min(512, Math.max(16, Math.floor(contextLength / 4)))
      for await (const event of await client.models.benchmark({ id: modelId, promptTokens }, { signal: own.signal })) {
        if (event.type === 'benchmark-end') return event
        setRunning({ modelId, ratio: event.total === 0 ? 0 : event.done / event.total })
      }
    } catch (error) {
      if (!own.signal.aborted) setFailure(error)
    } finally {
      if (stop.current === own) setRunning(null)
    }
    return null
  }
  function cancel(): void {
    stop.current?.abort()
    setRunning(null)
  }
  return { running, failure, measure, cancel }
}
