import { useEffect, useRef, useState } from 'react'

export interface DialogWork {
  isBusy: boolean
  /** Why the last of it failed; null while nothing did. */
  failure: unknown
  run: (work: (signal: AbortSignal) => Promise<void>) => void
}

/** What a dialog was asked to do: one thing at a time, given up when the dialog goes. */
export function useDialogWork(): DialogWork {
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])
  return {
    isBusy,
    failure,
    run: work => {
      const own = new AbortController()
      stop.current = own
      setBusy(true)
      setFailure(null)
      work(own.signal)
        .catch((error: unknown) => {
          if (!own.signal.aborted) setFailure(error)
        })
        .finally(() => setBusy(false))
    },
  }
}
