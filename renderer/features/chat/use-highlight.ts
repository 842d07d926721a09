import { useEffect, useRef, useState } from 'react'
import type { CodeToken } from './highlighter.ts'

/** Longer code is shown plain: colours are not worth a page that stands still. */
const LIMIT = 40_000
const STREAMING_PAUSE = 120

/** Coloured lines of code; null until they are there. Older colours stay while new ones are made, so streaming code does not flash. */
export function useHighlight(code: string, language: string): readonly CodeToken[][] | null {
  const [lines, setLines] = useState<readonly CodeToken[][] | null>(null)
  const newest = useRef(code)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)

  useEffect(() => {
    newest.current = code
    if (code.length > LIMIT || language === '') return
    // One pass at a time: what arrives meanwhile is taken by the next.
    timer.current ??= setTimeout(
      () => {
        timer.current = null
        const text = newest.current
        void import('./highlighter.ts')
          .then(({ highlight }) => highlight(text, language))
          .then(next => setLines(next), () => undefined)
      },
      lines === null ? 0 : STREAMING_PAUSE,
    )
  }, [code, language, lines])

  useEffect(() => () => {
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = null
  }, [])

  return code.length > LIMIT ? null : lines
}
