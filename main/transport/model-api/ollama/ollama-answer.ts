import type { TokenLogprob } from '../../../../native/inference/contract.ts'
import { answerAsk, parametersOf, promptOf, wholeAnswer, type ChatAsk, type Ended } from '../chat-ask.ts'
import { cutAtStop } from '../cut-at-stop.ts'
import { invalid } from '../api-error.ts'
import type { Exchange } from '../exchange.ts'
import { parse } from '../read-body.ts'
import type { ApiTurn } from '../served.ts'
import { ChatRequest, GenerateRequest, readGenerate, readOllamaChat } from './ollama-request.ts'

/** A part of an answer, before it is put where `/api/chat` or `/api/generate` has it. */
interface Part {
  text?: string
  thinking?: string
  calls?: { function: { name: string; arguments: Record<string, unknown> } }[]
  logprobs?: TokenLogprob[]
}
type Shape = (part: Part) => object

const asMessage: Shape = ({ text = '', thinking, calls, logprobs }) => ({
  message: { role: 'assistant', content: text, ...(thinking === undefined ? {} : { thinking }), ...(calls?.length ? { tool_calls: calls } : {}) },
  ...shownLogprobs(logprobs),
})
const asResponse: Shape = ({ text = '', thinking, logprobs }) => ({ response: text, ...(thinking === undefined ? {} : { thinking }), ...shownLogprobs(logprobs) })

/** `POST /api/chat`. */
export async function ollamaChat(exchange: Exchange): Promise<void> {
  const request = parse(ChatRequest, exchange.body)
  const ask = readOllamaChat(request)
  await serve(exchange, request, 'chat', promptOf(ask.turns, ask.tools), async turn => {
    if (ask.turns.length === 0) tellLoaded(exchange, turn, asMessage)
    else await tell(exchange, request, ask, turn, asMessage)
  })
}

/** `POST /api/generate`: one prompt, raw or as a user's; fill-in where there is a suffix. */
export async function ollamaGenerate(exchange: Exchange): Promise<void> {
  const request = parse(GenerateRequest, exchange.body)
  const ask = readGenerate(request)
  const prompt = request.prompt ?? ''
  await serve(exchange, request, request.suffix ? 'completion' : 'chat', JSON.stringify([request.system ?? null, prompt, request.suffix ?? null]), async turn => {
    if (request.suffix) await tellFill(exchange, request, ask, turn, prompt)
    else if (prompt === '') tellLoaded(exchange, turn, asResponse)
    else await tell(exchange, request, ask, turn, asResponse)
  })
}

async function serve({ server, caller, endpoint, signal }: Exchange, { model }: { model: string }, role: 'chat' | 'completion', prompt: string, work: (turn: ApiTurn) => Promise<void>): Promise<void> {
  const scope = endpoint === '/api/chat' ? 'chat' : 'completions'
  await server.serve({ caller, endpoint, scope, role, model, prompt, signal }, work)
}

type Told = Pick<ChatRequest, 'stream' | 'think' | 'model'>

async function tell({ answer, now }: Exchange, request: Told, ask: ChatAsk, turn: ApiTurn, shape: Shape): Promise<void> {
  const frame = (): object => ({ model: turn.name, created_at: now().toISOString() })
  const isThinkingShown = request.think !== false
  if (request.stream === false) {
    const { text, reasoning, calls, logprobs, end } = await wholeAnswer(ask, turn)
    const part = { text, calls: calls.map(shownCall), ...(reasoning !== '' && isThinkingShown ? { thinking: reasoning } : {}), ...(ask.logprobs === null ? {} : { logprobs }) }
    answer.json({ ...frame(), ...shape(part), ...doneOf(end) })
    return
  }
  const line = async (part: object): Promise<void> => await answer.send('lines', `${JSON.stringify({ ...frame(), ...part })}\n`)
  for await (const piece of answerAsk(ask, turn)) {
    if (piece.type === 'text-delta') await line({ ...shape({ text: piece.text, ...(piece.logprobs ? { logprobs: piece.logprobs } : {}) }), done: false })
    else if (piece.type === 'reasoning-delta') {
      if (isThinkingShown) await line({ ...shape({ thinking: piece.text }), done: false })
    } else if (piece.type === 'tool-call') await line({ ...shape({ calls: [shownCall(piece.call)] }), done: false })
    else await line({ ...shape({}), ...doneOf(piece) })
  }
  answer.end()
}

async function tellFill({ answer, now }: Exchange, { stream, suffix, raw }: GenerateRequest, ask: ChatAsk, turn: ApiTurn, prompt: string): Promise<void> {
  if (raw) throw invalid('raw', 'a suffix cannot go with raw')
  const filled = await turn.complete({ prefix: prompt, suffix: suffix ?? '', scope: 'block', maxTokens: ask.maxTokens ?? 128 })
  const nanoseconds = Math.round(filled.milliseconds * 1e6)
  const whole = {
    model: turn.name,
    created_at: now().toISOString(),
    response: cutAtStop(filled.text, ask.stop),
    done: true,
    done_reason: filled.stopReason === 'max-tokens' ? 'length' : 'stop',
    total_duration: nanoseconds,
    load_duration: 0,
    prompt_eval_count: filled.promptTokens,
    eval_count: filled.tokens,
    eval_duration: nanoseconds,
  }
  if (stream === false) answer.json(whole)
  else {
    await answer.send('lines', `${JSON.stringify(whole)}\n`)
    answer.end()
  }
}

/** Nothing was asked: the model is loaded, and that is said. */
function tellLoaded({ answer, now }: Exchange, turn: ApiTurn, shape: Shape): void {
  answer.json({ model: turn.name, created_at: now().toISOString(), ...shape({}), done: true, done_reason: 'load' })
}

function doneOf({ stopReason, promptTokens, tokens, milliseconds, firstTokenMilliseconds }: Ended): object {
  const nanoseconds = (value: number): number => Math.round(value * 1e6)
  return {
    done: true,
    done_reason: stopReason === 'max-tokens' ? 'length' : 'stop',
    total_duration: nanoseconds(milliseconds),
    load_duration: 0,
    prompt_eval_count: promptTokens,
    prompt_eval_duration: nanoseconds(firstTokenMilliseconds),
    eval_count: tokens,
    eval_duration: nanoseconds(Math.max(0, milliseconds - firstTokenMilliseconds)),
  }
}

function shownCall(call: { name: string; parameters: string; id: string }): NonNullable<Part['calls']>[number] & { id: string } {
  return { id: call.id, function: { name: call.name, arguments: parametersOf(call) } }
}

function shownLogprobs(logprobs: readonly TokenLogprob[] | undefined): object {
  if (!logprobs) return {}
  return { logprobs: logprobs.map(({ text, logprob, top }) => ({ token: text, logprob, top_logprobs: top.map(({ text: token, logprob: its }) => ({ token, logprob: its })) })) }
}
