import type { TokenLogprob, ToolCall } from '../../../../native/inference/contract.ts'
import { answerAsk, newId, promptOf, wholeAnswer, type Ended } from '../chat-ask.ts'
import { event } from '../answer.ts'
import type { Exchange } from '../exchange.ts'
import { parse } from '../read-body.ts'
import { ChatRequest, readChat } from './chat-request.ts'

/** `POST /v1/chat/completions`. */
export async function chatCompletions({ server, caller, endpoint, body, answer, signal, now }: Exchange): Promise<void> {
  const request = parse(ChatRequest, body)
  const ask = readChat(request)
  await server.serve({ caller, endpoint, scope: 'chat', role: 'chat', model: request.model, prompt: promptOf(ask.turns, ask.tools), signal }, async turn => {
    const frame = { id: newId('chatcmpl-'), created: seconds(now()), model: turn.name, system_fingerprint: null }
    const hasLogprobs = ask.logprobs !== null
    if (!request.stream) {
      const { text, reasoning, calls, logprobs, end } = await wholeAnswer(ask, turn)
      const message = { role: 'assistant', content: text === '' && calls.length > 0 ? null : text, refusal: null, ...(reasoning === '' ? {} : { reasoning_content: reasoning }), ...(calls.length === 0 ? {} : { tool_calls: calls.map(shownCall) }) }
      const choice = { index: 0, message, logprobs: hasLogprobs ? { content: logprobs.map(shownLogprob), refusal: null } : null, finish_reason: finishReason(end, calls.length) }
      answer.json({ ...frame, object: 'chat.completion', choices: [choice], usage: usageOf(end) })
      return
    }
    const hasUsage = request.stream_options?.include_usage === true
    const chunk = async (delta: object, more: { finish_reason?: string; logprobs?: unknown } = {}): Promise<void> => {
      const choice = { index: 0, delta, logprobs: null, finish_reason: null, ...more }
      await answer.send('events', event({ ...frame, object: 'chat.completion.chunk', choices: [choice], ...(hasUsage ? { usage: null } : {}) }))
    }
    let calls = 0
    let isFirst = true
    for await (const piece of answerAsk(ask, turn)) {
      if (isFirst) await chunk({ role: 'assistant', content: '', refusal: null })
      isFirst = false
      if (piece.type === 'text-delta') await chunk({ content: piece.text }, hasLogprobs ? { logprobs: { content: (piece.logprobs ?? []).map(shownLogprob), refusal: null } } : {})
      else if (piece.type === 'reasoning-delta') await chunk({ reasoning_content: piece.text })
      else if (piece.type === 'tool-call') await chunk({ tool_calls: [{ index: calls++, ...shownCall(piece.call) }] })
      else {
        await chunk({}, { finish_reason: finishReason(piece, calls) })
        if (hasUsage) await answer.send('events', event({ ...frame, object: 'chat.completion.chunk', choices: [], usage: usageOf(piece) }))
      }
    }
    await answer.send('events', event('[DONE]'))
    answer.end()
  })
}

function shownCall({ id, name, parameters }: ToolCall) {
  return { id, type: 'function', function: { name, arguments: parameters } }
}

// JSON has no infinity: what can hardly be is told as OpenAI tells it.
const finite = (logprob: number): number => Math.max(logprob, -9999)
const bytesOf = (text: string): number[] => [...Buffer.from(text)]

export function shownLogprob({ text, logprob, top }: TokenLogprob) {
  return { token: text, logprob: finite(logprob), bytes: bytesOf(text), top_logprobs: top.map(({ text: other, logprob: its }) => ({ token: other, logprob: finite(its), bytes: bytesOf(other) })) }
}

export function finishReason({ stopReason }: Pick<Ended, 'stopReason'>, calls = 0): 'stop' | 'length' | 'tool_calls' {
  if (stopReason === 'max-tokens') return 'length'
  return stopReason === 'tool-calls' || calls > 0 ? 'tool_calls' : 'stop'
}

export function usageOf({ promptTokens, reusedTokens, tokens, reasoningTokens }: Ended) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: tokens,
    total_tokens: promptTokens + tokens,
    prompt_tokens_details: { cached_tokens: reusedTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  }
}

export function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
