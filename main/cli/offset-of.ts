import { UsageError } from './usage-error.ts'

interface Place {
  /** As it was typed. */
  path: string
  text: string
  /** From 1. */
  line: number
  /** From 1; one more than the line has characters is its end. */
  column: number
}

/** Index of a line and column in a text. Throws a UsageError where the text has no such place. */
export function offsetOf({ path, text, line, column }: Place): number {
  const lines = text.split('\n')
  const wanted = lines[line - 1]
  if (wanted === undefined) throw noLine(path, lines, line)
  // A carriage return belongs to the line's end.
  const length = wanted.endsWith('\r') ? wanted.length - 1 : wanted.length
  if (column > length + 1) {
    throw new UsageError({
      what: `Line ${line} has no column ${column}.`,
      why: `That line of “${path}” has ${counted(length, 'character')}.`,
      action: length === 0 ? 'Give column 1.' : `Give a column from 1 to ${length + 1}.`,
    })
  }
  return lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, column - 1)
}

/** A line break at the end begins no line of its own, as other tools count; the place after it can be named all the same. */
function noLine(path: string, lines: readonly string[], line: number): UsageError {
  const endsWithBreak = lines.length > 1 && lines.at(-1) === ''
  const count = endsWithBreak ? lines.length - 1 : lines.length
  return new UsageError({
    what: `There is no line ${line}.`,
    why: `“${path}” has ${counted(count, 'line')}.`,
    action: `Give a line from 1 to ${count}${endsWithBreak ? `, or ${count + 1} for the place after the last line` : ''}.`,
  })
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
