import type { ContextInput, ContextUse, PromptBudget } from '#shared/contract/chat.ts'
import { AppError } from '#shared/errors.ts'
import { highest, maySend, type Destination } from '#shared/sensitivity.ts'
import type { ChatTurn, Tool } from '../../../native/inference/contract.ts'
import type { Judgement } from '../../platform/labels/context-gate.ts'
import { attachmentText, wholeRange, type LineRange } from './attachment-text.ts'
import { exchangeTurns, questionTurns, type Exchange } from './chat-exchange.ts'
import { fitLines } from './fit-lines.ts'
import { invisibleIn } from './invisible-in.ts'

/** Characters of a long token of prose or code, on average over a turn. */
const charactersPerToken = 16

/** What counts tokens: the engine. */
export interface TokenCounter {
  countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]>
  countChatTokens(turns: readonly ChatTurn[], signal?: AbortSignal, tools?: readonly Tool[]): Promise<number>
}

export interface PromptRequest {
  system: string
  /** Oldest first. */
  history: readonly Exchange[]
  prompt: string
  /** Those that were refused stay in the list, so that it can be told, and nothing of them goes in. */
  attachments: readonly (ContextInput & Judgement)[]
  /** Text of attachments that were put together before, for asking again. */
  attachmentText?: string
  /** What the model may call; their descriptions take room too. */
  tools?: readonly Tool[]
  contextTokens: number
  destination: Destination
  /** Share of the context kept free for the answer. */
  reserveShare: number
}

export interface AssembledPrompt {
  turns: ChatTurn[]
  /** The attachments as the model reads them; empty for none. */
  attachmentText: string
  /** The same without what the person let through for this one message. */
  keptText: string
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
  const total = (choice: Choice): Promise<number> => counter.countChatTokens(turnsOf(request, choice), signal, request.tools)

  const least: Choice = { history: [], ranges: attachments.map(input => (input.kind === 'selection' && mayEnter(input, request) ? wholeRange(input) : null)) }
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
  const toolsTokens = request.tools?.length ? Math.max(0, required - (await counter.countChatTokens(turnsOf(request, least), signal))) : null
  return describe(request, choice, { sum, reserve, count, toolsTokens })
}

/** The last check before text goes into a prompt, whatever was decided before. */
function mayEnter({ label, decision }: Judgement, { destination }: PromptRequest): boolean {
  return decision === 'overridden' ? maySend('internal', destination) : decision === 'sent' && maySend(label, destination)
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
  const costs = await historyCosts(near, count)
  const marks = Math.max(0, (await total({ ...least, history: [newest] })) - required - (costs.at(-1) ?? 0))
  const far = request.history.length - near.length
  return [...Array.from({ length: far }, () => Infinity), ...costs.map(cost => cost + marks)]
}

/** The newest pairs, as many as could fit if tokens were long: a long conversation is not counted whole for every question. */
function nearPairs({ history, contextTokens }: PromptRequest): PromptRequest['history'] {
  let characters = 0
  const first = history.findLastIndex(({ attachmentText: attached, prompt, answer }) => (characters += attached.length + prompt.length + answer.length) > contextTokens * charactersPerToken)
  return history.slice(first + 1)
}

/** Files may take half of what is spare, more where the history leaves it. */
async function choose(request: PromptRequest, pairs: readonly number[], spare: number, count: Count): Promise<Choice> {
  const files = request.attachments.filter(input => input.kind === 'file' && mayEnter(input, request))
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
  const byFile = new Map<ContextInput, LineRange | null>(files.map((file, index) => [file, ranges[index] ?? null]))
  return {
    history: request.history.slice(request.history.length - kept),
    ranges: request.attachments.map(input => (input.kind === 'selection' && mayEnter(input, request) ? wholeRange(input) : (byFile.get(input) ?? null))),
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

function turnsOf(request: PromptRequest, choice: Choice): ChatTurn[] {
  const { system, prompt } = request
  const opening: ChatTurn[] = system === '' ? [] : [{ role: 'system', text: system }]
  return [...opening, ...choice.history.flatMap(exchangeTurns), ...questionTurns({ attachmentText: attachmentsOf(request, choice), prompt })]
}

function attachmentsOf(request: PromptRequest, { ranges }: Choice): string {
  const former = request.attachmentText ? [request.attachmentText] : []
  return [...former, ...attachmentTexts(request.attachments, ranges)].join('\n\n')
}

/** What the texts of each exchange cost, without the marks of the template. */
async function historyCosts(history: PromptRequest['history'], count: Count): Promise<number[]> {
  const texts = history.map(exchange => exchangeTurns(exchange).map(turn => turn.text))
  const counts = await count(texts.flat())
  let next = 0
  return texts.map(those => those.reduce(sum => sum + (counts[next++] ?? 0), 0))
}

function attachmentTexts(attachments: readonly ContextInput[], ranges: Choice['ranges']): string[] {
  return attachments.flatMap((input, index) => {
    const range = ranges[index]
    return range ? [attachmentText(input, range)] : []
  })
}

async function describe(request: PromptRequest, choice: Choice, { sum, reserve, count, toolsTokens }: { sum: number; reserve: number; count: Count; toolsTokens: number | null }): Promise<AssembledPrompt> {
  const texts = attachmentTexts(request.attachments, choice.ranges)
  const former = request.attachmentText ? [request.attachmentText] : []
  const [systemTokens = 0, ...counts] = await count([request.system, ...former, ...texts])
  const formerTokens = counts.slice(0, former.length).reduce((tokens, one) => tokens + one, 0)
  const tokensOfTexts = counts.slice(former.length)
  const historyTokens = (await historyCosts(choice.history, count)).reduce((tokens, one) => tokens + one, 0)
  const attachments = request.attachments.map((input, index): ContextUse => {
    const range = choice.ranges[index] ?? null
    const { startLine, endLine } = range ?? wholeRange(input)
    const tokens = range ? (tokensOfTexts.shift() ?? 0) : 0
    const { kind, path, totalLines, label, rule, decision } = input
    return { kind, path, startLine, endLine, totalLines, tokens, isIncluded: range !== null, label, rule, decision, ...(range ? invisibleIn(input, range) : {}) }
  })
  const filesTokens = attachments.reduce((tokens, use) => tokens + use.tokens, formerTokens)
  const dropped = request.history.length - choice.history.length
  const droppedThroughId = request.history[dropped - 1]?.answerId
  return {
    turns: turnsOf(request, choice),
    attachmentText: attachmentsOf(request, choice),
    keptText: attachmentsOf(request, { ...choice, ranges: choice.ranges.map((range, index) => (request.attachments[index]?.decision === 'sent' ? range : null)) }),
    budget: {
      contextTokens: request.contextTokens,
      systemTokens,
      filesTokens,
      attachments,
      historyTokens,
      ...(toolsTokens === null ? {} : { toolsTokens }),
      promptTokens: Math.max(0, sum - systemTokens - filesTokens - historyTokens - (toolsTokens ?? 0)),
      answerReserveTokens: reserve,
      totalTokens: sum,
      droppedTurns: 2 * dropped,
      ...(droppedThroughId === undefined ? {} : { droppedThroughId }),
      // What a person types is theirs to keep on this machine.
      label: highest(['internal', ...attachments.filter(use => use.isIncluded).map(use => use.label)]),
    },
  }
}
