import { useEffect, useRef } from 'react'
import { follow, type FollowOptions } from './follow.ts'

/** Follows a `watch` procedure while the component stands; starts over when a dependency changes. */
export function useWatch<E>(open: (signal: AbortSignal) => Promise<AsyncIterable<E>>, onEvent: (event: E) => void, dependencies: readonly unknown[], options: FollowOptions = {}): void {
  const latest = useRef({ open, onEvent, options })
  useEffect(() => {
    latest.current = { open, onEvent, options }
  })
  useEffect(
    () =>
      follow<E>(
        signal => latest.current.open(signal),
        event => latest.current.onEvent(event),
        { onFailure: failure => latest.current.options.onFailure?.(failure), onBreak: () => latest.current.options.onBreak?.() },
      ),
    // The caller's own list, as in `useEffect` itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- they are not known here
    dependencies,
  )
}
