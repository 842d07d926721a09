import { randomBytes } from 'node:crypto'
import type { ChatTurn, GenerateEvent, GenerateRequest, ResponseFormat, Sampling, Tool, TokenLogprob, ToolCall } from '../../../native/inference/contract.ts'
import type { ApiTurn } from './served.ts'

/** A request for an answer, whichever interface it came by. Null: the request says nothing of it. */
export interface ChatAsk {
  turns: ChatTurn[]
  /** In place of turns: text that goes on as it stands. */
  text: string | null
  maxTokens: number | null
  temperature: number | null
  seed: number | null
  sampling: Sampling
  stop: string[]
  format: ResponseFormat | null
  tools: Tool[]
  toolChoice: GenerateRequest['toolChoice'] | null
  logprobs: number | null
  /** No more than one call of a tool in an answer. */
  isOneCall: boolean
}

export const emptyAsk: ChatAsk = { turns: [], text: null, maxTokens: null, temperature: null, seed: null, sampling: {}, stop: [], format: null, tools: [], toolChoice: null, logprobs: null, isOneCall: false }

export type EndEvent = Extract<GenerateEvent, { type: 'generate-end' }>
export interface Ended extends EndEvent {
  reasoningTokens: number
}
/** What a model writes, with a whole account at the end. */
export type AskEvent = Exclude<GenerateEvent, EndEvent> | Ended

export async function* answerAsk(ask: ChatAsk, turn: ApiTurn): AsyncGenerator<AskEvent, void, void> {
  let reasoningTokens = 0
  let tokens = 0
  for await (const event of turn.generate(requestOf(ask, turn))) {
    if (event.type === 'reasoning-delta') reasoningTokens += event.tokens - tokens
    tokens = event.tokens
    if (event.type === 'generate-end') yield { ...event, reasoningTokens }
    else yield event
  }
}

export interface WholeAnswer {
  text: string
  reasoning: string
  calls: ToolCall[]
  logprobs: TokenLogprob[]
  end: Ended
}

export async function wholeAnswer(ask: ChatAsk, turn: ApiTurn): Promise<WholeAnswer> {
  const whole = { text: '', reasoning: '', calls: [] as ToolCall[], logprobs: [] as TokenLogprob[] }
  let end: Ended | null = null
  for await (const event of answerAsk(ask, turn)) {
    if (event.type === 'text-delta') {
      whole.text += event.text
      whole.logprobs.push(...(event.logprobs ?? []))
    } else if (event.type === 'reasoning-delta') whole.reasoning += event.text
    else if (event.type === 'tool-call') whole.calls.push(event.call)
    else end = event
  }
  if (!end) throw new Error('An answer ends with its account')
  return { ...whole, end }
}

function requestOf(ask: ChatAsk, turn: ApiTurn): GenerateRequest {
  const { turns, text, maxTokens, temperature, seed, stop, format, tools, toolChoice, logprobs } = ask
  const sampling = { ...turn.sampling, ...ask.sampling }
  return {
    turns,
    maxTokens: maxTokens ?? turn.contextTokens,
    temperature: temperature ?? turn.temperature,
    seed,
    ignoreEndOfText: false,
    ...(text === null ? {} : { text }),
    ...(Object.keys(sampling).length === 0 ? {} : { sampling }),
    ...(stop.length === 0 ? {} : { stop }),
    ...(format === null ? {} : { format }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(toolChoice === null || toolChoice === undefined || tools.length === 0 ? {} : { toolChoice }),
    ...(ask.isOneCall && tools.length > 0 && { mostCalls: 1 }),
    ...(logprobs === null ? {} : { logprobs }),
  }
}

/** All that the model is to read, for the hash in the audit log. */
export function promptOf(turns: readonly ChatTurn[], tools: readonly Tool[] = []): string {
  return JSON.stringify([turns, tools])
}

/** The parts that were given; what is null counts as not given, as clients write it. */
export function given<T extends object>(parts: { [K in keyof T]?: T[K] | null | undefined }): Partial<T> {
  // The filter takes away the very values that the type of the result lacks.
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null && value !== undefined)) as Partial<T>
}

export function newId(prefix: string): string {
  return prefix + randomBytes(16).toString('hex')
}

/** The object that a call's parameters are; empty where the model wrote something else. */
export function parametersOf({ parameters }: ToolCall): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(parameters)
    // Neither null nor a list: JSON has no other objects.
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
