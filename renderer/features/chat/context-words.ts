import type { ContextUse } from '#shared/contract/chat.ts'

/** `412`, `3.1k`, `128k`: tokens as a person reads them. */
export function shortCount(count: number): string {
  if (count < 1000) return String(Math.round(count))
  const thousands = count / 1000
  const rounded = thousands < 9.95 ? thousands.toFixed(1).replace(/\.0$/, '') : String(Math.round(thousands))
  return `${rounded}k`
}

export function exactCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** `3.1k of 8k tokens`. */
export function budgetWords(used: number, total: number): string {
  return `${shortCount(used)} of ${shortCount(total)} tokens`
}

type Range = Pick<ContextUse, 'startLine' | 'endLine' | 'totalLines' | 'kind'>

/** `line 7`, `lines 7–10`, and of a file that went in part `lines 10–48 of 300`. Empty for a whole file. */
export function rangeWords({ kind, startLine, endLine, totalLines }: Range): string {
  if (kind === 'file' && startLine <= 1 && endLine >= totalLines) return ''
  const lines = startLine === endLine ? `line ${startLine}` : `lines ${startLine}–${endLine}`
  return kind === 'file' ? `${lines} of ${totalLines}` : lines
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** `1.2 s`, `48 s`, `3 min 05 s`. */
export function durationWords(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`
}

export function speedWords(tokensPerSecond: number): string {
  return `${tokensPerSecond < 10 ? tokensPerSecond.toFixed(1) : Math.round(tokensPerSecond)} tokens/s`
}

export function droppedWords(turns: number): string {
  return turns === 1 ? '1 older turn no longer fits and is left out' : `${exactCount(turns)} older turns no longer fit and are left out`
}
