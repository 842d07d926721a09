import { useEffect, useRef } from 'react'
import { keepWatching, type Watching } from './watch.ts'

/** Watches while the component stands; starts over when a dependency changes. */
export function useWatch<E>(watching: Watching<E>, dependencies: readonly unknown[]): void {
  const latest = useRef(watching)
  useEffect(() => {
    latest.current = watching
  })
  useEffect(
    () =>
      keepWatching<E>({
        call: signal => latest.current.call(signal),
        onEvent: event => latest.current.onEvent(event),
        onFailure: error => latest.current.onFailure?.(error),
      }),
    dependencies,
  )
}
