import type { ContextInput } from '#shared/contract/chat.ts'
import { linesOf, type LineRange } from './attachment-text.ts'

type Count = (texts: readonly string[]) => Promise<number[]>

/** A token is rarely longer; a line with more characters than this per token of the budget is too long without counting it. */
const charactersPerToken = 64

/** The lines of a file that fit round the cursor: as far up as down until one side ends. `tokens` is the sum over single lines. */
export async function fitLines(input: ContextInput, budgetTokens: number, count: Count): Promise<(LineRange & { tokens: number }) | null> {
  const lines = linesOf(input)
  if (budgetTokens < 1) return null
  const cursor = clamp((input.cursorLine ?? input.startLine) - input.startLine, 0, lines.length - 1)
  // Every line costs a token at least, its line end, so that more lines than tokens need no counting.
  const first = Math.max(0, cursor - budgetTokens)
  const near = lines.slice(first, cursor + budgetTokens + 1)
  const short = near.map(line => line.length <= budgetTokens * charactersPerToken)
  const counts = await count(near.map((line, index) => (short[index] ? `${line}\n` : '')))
  const costs = counts.map((tokens, index) => (short[index] ? Math.max(1, tokens) : Infinity))
  const chosen = grow(costs, cursor - first, budgetTokens)
  if (!chosen) return null
  const { from, to, tokens } = chosen
  return { startLine: input.startLine + first + from, endLine: input.startLine + first + to, tokens }
}

function grow(costs: readonly number[], cursor: number, budget: number): { from: number; to: number; tokens: number } | null {
  const costOf = (index: number): number => costs[index] ?? Infinity
  let tokens = costOf(cursor)
  if (tokens > budget) return null
  let from = cursor
  let to = cursor
  for (;;) {
    const up = costOf(from - 1)
    const down = costOf(to + 1)
    // The nearer end grows first; where it cannot, the other goes on.
    const goesUp = cursor - from < to - cursor
    const choice = [goesUp ? 'up' : 'down', goesUp ? 'down' : 'up'].find(side => tokens + (side === 'up' ? up : down) <= budget)
    if (choice === 'up') {
      tokens += up
      from--
    } else if (choice === 'down') {
      tokens += down
      to++
    } else return { from, to, tokens }
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
