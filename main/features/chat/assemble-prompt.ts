import type { ContextInput, ContextUse, PromptBudget } from '#shared/contract/chat.ts'
import { AppError } from '#shared/errors.ts'
import type { ChatTurn } from '../../../native/inference/contract.ts'
import { attachmentText, questionText, wholeRange, type LineRange } from './attachment-text.ts'
import { fitLines } from './fit-lines.ts'

/** Characters of a long token of prose or code, on average over a turn. */
const charactersPerToken = 16

/** What counts tokens: the engine. */
export interface TokenCounter {
  countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]>
  countChatTokens(turns: readonly ChatTurn[], signal?: AbortSignal): Promise<number>
}

export interface PromptRequest {
  system: string
  /** Former questions and answers, oldest first, each pair whole. */
  history: readonly (readonly [question: string, answer: string])[]
  prompt: string
  attachments: readonly ContextInput[]
  contextTokens: number
  /** Share of the context kept free for the answer. */
  reserveShare: number
}

export interface AssembledPrompt {
  turns: ChatTurn[]
  /** The last turn as the model reads it, attachments included. */
  questionText: string
  budget: PromptBudget
}

interface Choice {
  history: PromptRequest['history']
  /** Lines that go in, per attachment; null where nothing does. */
  ranges: (LineRange | null)[]
}

/**
 * Puts a prompt together: system, history, attachments, question, so that what changes most stands last and the state of the rest can be
 * reused. Selections go in whole; files give the lines round the cursor that fit; the oldest turns are left out first.
 * The result may be over the budget only when question and selections alone are: see `refuseOverflow`.
 */
export async function assemblePrompt(request: PromptRequest, counter: TokenCounter, signal?: AbortSignal): Promise<AssembledPrompt> {
  const { contextTokens, reserveShare, attachments } = request
  const reserve = Math.floor(contextTokens * reserveShare)
  const available = contextTokens - reserve
  const count = (texts: readonly string[]): Promise<number[]> => (texts.length === 0 ? Promise.resolve([]) : counter.countTokens(texts, signal))
  const total = (choice: Choice): Promise<number> => counter.countChatTokens(turnsOf(request, choice), signal)

  const least: Choice = { history: [], ranges: attachments.map(input => (input.kind === 'selection' ? wholeRange(input) : null)) }
  const required = await total(least)
  const pairs = await pairCosts(request, required, count, total, least)
  let choice = least
  let sum = required
  // Counts of parts do not quite add up to the count of the whole: what it is over is taken off, and the parts are chosen again.
  for (let spare = available - required; spare > 0; ) {
    choice = await choose(request, pairs, spare, count)
    sum = await total(choice)
    if (sum <= available) break
    spare -= Math.max(sum - available, 8)
    choice = least
    sum = required
  }
  return describe(request, choice, { sum, reserve, count })
}

/** Throws CONTEXT_OVERFLOW where the prompt does not fit. */
export function refuseOverflow({ budget }: AssembledPrompt): void {
  const { totalTokens, contextTokens, answerReserveTokens } = budget
  const availableTokens = contextTokens - answerReserveTokens
  if (totalTokens > availableTokens) throw new AppError('CONTEXT_OVERFLOW', { promptTokens: totalTokens, availableTokens, contextTokens })
}

type Count = (texts: readonly string[]) => Promise<number[]>

/** What each pair of the history costs, its template marks included. */
async function pairCosts(request: PromptRequest, required: number, count: Count, total: (choice: Choice) => Promise<number>, least: Choice): Promise<number[]> {
  const newest = request.history.at(-1)
  if (!newest) return []
  const near = nearPairs(request)
  const counts = await count(near.flat())
  const costs = near.map((_, index) => (counts[2 * index] ?? 0) + (counts[2 * index + 1] ?? 0))
  const marks = Math.max(0, (await total({ ...least, history: [newest] })) - required - (costs.at(-1) ?? 0))
  const far = request.history.length - near.length
  return [...Array.from({ length: far }, () => Infinity), ...costs.map(cost => cost + marks)]
}

/** The newest pairs, as many as could fit if tokens were long: a long conversation is not counted whole for every question. */
function nearPairs({ history, contextTokens }: PromptRequest): PromptRequest['history'] {
  let characters = 0
  const first = history.findLastIndex(([asked, answered]) => (characters += asked.length + answered.length) > contextTokens * charactersPerToken)
  return history.slice(first + 1)
}

/** Files may take half of what is spare, more where the history leaves it. */
async function choose(request: PromptRequest, pairs: readonly number[], spare: number, count: Count): Promise<Choice> {
  const files = request.attachments.filter(input => input.kind === 'file')
  const fitted = await fitFiles(files, pairs.length === 0 ? spare : Math.floor(spare / 2), count)
  const fileTokens = fitted.reduce((sum, range) => sum + (range?.tokens ?? 0), 0)
  let historyTokens = 0
  let kept = 0
  for (const cost of [...pairs].reverse()) {
    if (historyTokens + cost > spare - fileTokens) break
    historyTokens += cost
    kept++
  }
  const ranges = pairs.length === 0 ? fitted : await fitFiles(files, spare - historyTokens, count)
  const byFile = new Map(files.map((file, index) => [file, ranges[index] ?? null]))
  return {
    history: request.history.slice(request.history.length - kept),
    ranges: request.attachments.map(input => (input.kind === 'selection' ? wholeRange(input) : (byFile.get(input) ?? null))),
  }
}

/** Shares the budget evenly; what a short file leaves goes to those after it. */
async function fitFiles(files: readonly ContextInput[], budget: number, count: Count): Promise<((LineRange & { tokens: number }) | null)[]> {
  const ranges: ((LineRange & { tokens: number }) | null)[] = []
  let left = budget
  for (const [index, file] of files.entries()) {
    const [frame = 0] = await count([attachmentText({ ...file, text: '' }, { startLine: file.startLine, endLine: file.startLine })])
    const share = Math.floor(left / (files.length - index)) - frame
    const range = await fitLines(file, share, count)
    const fitted = range && { ...range, tokens: range.tokens + frame }
    left -= fitted?.tokens ?? 0
    ranges.push(fitted)
  }
  return ranges
}

function turnsOf({ system, prompt, attachments }: PromptRequest, { history, ranges }: Choice): ChatTurn[] {
  const question = questionText(prompt, attachmentTexts(attachments, ranges))
  const former = history.flatMap(([asked, answered]): ChatTurn[] => [
    { role: 'user', text: asked },
    { role: 'assistant', text: answered },
  ])
  return [...(system === '' ? [] : [{ role: 'system' as const, text: system }]), ...former, { role: 'user', text: question }]
}

function attachmentTexts(attachments: readonly ContextInput[], ranges: Choice['ranges']): string[] {
  return attachments.flatMap((input, index) => {
    const range = ranges[index]
    return range ? [attachmentText(input, range)] : []
  })
}

async function describe(request: PromptRequest, choice: Choice, { sum, reserve, count }: { sum: number; reserve: number; count: Count }): Promise<AssembledPrompt> {
  const texts = attachmentTexts(request.attachments, choice.ranges)
  const counts = await count([request.system, ...texts, ...choice.history.flat()])
  const tokensOfTexts = counts.slice(1, 1 + texts.length)
  const attachments = request.attachments.map((input, index): ContextUse => {
    const range = choice.ranges[index] ?? null
    const { startLine, endLine } = range ?? wholeRange(input)
    const tokens = range ? (tokensOfTexts.shift() ?? 0) : 0
    return { kind: input.kind, path: input.path, startLine, endLine, totalLines: input.totalLines, tokens, isIncluded: range !== null }
  })
  const attachmentTokens = attachments.reduce((tokens, use) => tokens + use.tokens, 0)
  const historyTokens = counts.slice(1 + texts.length).reduce((tokens, one) => tokens + one, 0)
  const systemTokens = counts[0] ?? 0
  const turns = turnsOf(request, choice)
  return {
    turns,
    questionText: turns.at(-1)?.text ?? '',
    budget: {
      contextTokens: request.contextTokens,
      systemTokens,
      attachments,
      historyTokens,
      promptTokens: Math.max(0, sum - systemTokens - attachmentTokens - historyTokens),
      answerReserveTokens: reserve,
      totalTokens: sum,
      droppedTurns: 2 * (request.history.length - choice.history.length),
    },
  }
}
