import type { Span } from './span.ts'

/** Where a place of the original text went in the masked one. */
interface Piece {
  from: Span
  start: number
  end: number
}

export interface MaskedText {
  text: string
  pieces: readonly Piece[]
}

/** The text with a placeholder for each span: `[masked: email 1]`. The same value has the same number within one text. */
export function maskText(text: string, spans: readonly Span[]): MaskedText {
  const numbers = new Map<string, Map<string, number>>()
  const pieces: Piece[] = []
  let masked = ''
  let at = 0
  for (const span of spans) {
    masked += text.slice(at, span.start)
    const start = masked.length
    masked += `[masked: ${span.kind} ${numberOf(numbers, span.kind, text.slice(span.start, span.end))}]`
    pieces.push({ from: span, start, end: masked.length })
    at = span.end
  }
  return { text: masked + text.slice(at), pieces }
}

function numberOf(numbers: Map<string, Map<string, number>>, kind: string, value: string): number {
  const known = numbers.get(kind) ?? new Map<string, number>()
  numbers.set(kind, known)
  const number = known.get(value) ?? known.size + 1
  known.set(value, number)
  return number
}

/** A span of the masked text in places of the original; one that touches a placeholder takes all that it stands for. */
export function inOriginal({ pieces }: MaskedText, span: Span): Span {
  return { kind: span.kind, start: place(pieces, span.start, 'start'), end: place(pieces, span.end, 'end') }
}

function place(pieces: readonly Piece[], index: number, side: 'start' | 'end'): number {
  let shift = 0
  for (const piece of pieces) {
    if (side === 'start' ? index < piece.start : index <= piece.start) break
    if (side === 'start' ? index < piece.end : index <= piece.end) return side === 'start' ? piece.from.start : piece.from.end
    shift = piece.from.end - piece.end
  }
  return index + shift
}
