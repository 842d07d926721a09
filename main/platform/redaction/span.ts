/** A place in a text that should be masked, in UTF-16 units. */
export interface Span {
  /** `github-token`, `email`, `own-secret`. */
  kind: string
  start: number
  end: number
}

/** Finds places in a text; never keeps the text. Its time grows with the text's length, whatever the text. */
export type Detector = (text: string) => Span[]

/** Spans that overlap made one, under the kind of the longest; in order. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: (Span & { longest: number })[] = []
  for (const span of spans.toSorted((one, other) => one.start - other.start || other.end - one.end)) {
    const last = merged.at(-1)
    const length = span.end - span.start
    if (!last || span.start >= last.end) {
      merged.push({ ...span, longest: length })
      continue
    }
    last.end = Math.max(last.end, span.end)
    if (length > last.longest) Object.assign(last, { kind: span.kind, longest: length })
  }
  return merged.map(({ kind, start, end }) => ({ kind, start, end }))
}
