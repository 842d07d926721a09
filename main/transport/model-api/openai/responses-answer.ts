import { answerAsk, newId, promptOf, type Ended } from '../chat-ask.ts'
import { event } from '../answer.ts'
import { apiErrorOf } from '../api-error.ts'
import type { Exchange } from '../exchange.ts'
import { parse } from '../read-body.ts'
import { seconds, shownLogprob } from './chat-answer.ts'
import { ResponseItems, type StreamEvent } from './response-items.ts'
import { readResponses, ResponsesRequest } from './responses-request.ts'

/** `POST /v1/responses`, without any state: what was said before comes with each request. */
export async function responses({ server, caller, endpoint, body, answer, signal, now }: Exchange): Promise<void> {
  const request = parse(ResponsesRequest, body)
  const ask = readResponses(request)
  await server.serve({ caller, endpoint, scope: 'chat', role: 'chat', model: request.model, prompt: promptOf(ask.turns, ask.tools), signal }, async turn => {
    const frame = frameOf(request, turn.name, seconds(now()))
    let number = 0
    const tell = async (piece: StreamEvent): Promise<void> => {
      if (request.stream) await answer.send('events', event({ ...piece, sequence_number: number++ }, piece.type))
    }
    const items = new ResponseItems(tell)
    const running = (): object => ({ ...frame, status: 'in_progress', output: items.output, usage: null })
    let end: Ended | null = null
    let isFirst = true
    try {
      for await (const piece of answerAsk(ask, turn)) {
        if (isFirst) {
          await tell({ type: 'response.created', response: running() })
          await tell({ type: 'response.in_progress', response: running() })
          isFirst = false
        }
        if (piece.type === 'text-delta') await items.addText(piece.text, (piece.logprobs ?? []).map(shownLogprob))
        else if (piece.type === 'reasoning-delta') await items.addReasoning(piece.text)
        else if (piece.type === 'tool-call') await items.addCall(piece.call)
        else end = piece
      }
      if (!end) throw new Error('An answer ends with its account')
    } catch (error) {
      const fault = apiErrorOf(error)
      if (!request.stream || isFirst || !fault) throw error
      await tell({ type: 'response.failed', response: { ...running(), status: 'failed', error: { code: 'server_error', message: fault.message } } })
      answer.end()
      throw error
    }
    const isCut = end.stopReason === 'max-tokens'
    await items.close(isCut ? 'incomplete' : 'completed')
    const whole = { ...frame, status: isCut ? 'incomplete' : 'completed', incomplete_details: isCut ? { reason: 'max_output_tokens' } : null, completed_at: isCut ? null : seconds(now()), output: items.output, usage: usageOf(end) }
    if (request.stream) {
      await tell({ type: isCut ? 'response.incomplete' : 'response.completed', response: whole })
      answer.end()
    } else answer.json(whole)
  })
}

function frameOf(request: ResponsesRequest, model: string, createdAt: number) {
  return {
    id: newId('resp_'),
    object: 'response',
    created_at: createdAt,
    model,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    temperature: request.temperature ?? null,
    top_p: request.top_p ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    tool_choice: request.tool_choice ?? 'auto',
    tools: (request.tools ?? []).map(tool => ({ strict: true, ...tool })),
    text: { format: request.text?.format ?? { type: 'text' } },
    previous_response_id: null,
    store: false,
    background: false,
    truncation: 'disabled',
    reasoning: { effort: null, summary: null },
  }
}

function usageOf({ promptTokens, reusedTokens, tokens, reasoningTokens }: Ended) {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: reusedTokens },
    output_tokens: tokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + tokens,
  }
}
