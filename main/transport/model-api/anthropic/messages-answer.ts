import { answerAsk, newId, parametersOf, promptOf, wholeAnswer, type Ended } from '../chat-ask.ts'
import { event } from '../answer.ts'
import type { Exchange } from '../exchange.ts'
import { parse } from '../read-body.ts'
import { ContentBlocks } from './content-blocks.ts'
import { CountRequest, MessagesRequest, readMessages, readPrompt } from './messages-request.ts'

/** `POST /v1/messages`. */
export async function messages({ server, caller, endpoint, body, answer, signal }: Exchange): Promise<void> {
  const request = parse(MessagesRequest, body)
  const ask = readMessages(request)
  const isThinkingShown = (request.thinking?.type ?? 'disabled') !== 'disabled'
  await server.serve({ caller, endpoint, scope: 'chat', role: 'chat', model: request.model, prompt: promptOf(ask.turns, ask.tools), signal }, async turn => {
    const frame = { id: newId('msg_'), type: 'message', role: 'assistant', model: turn.name }
    if (!request.stream) {
      const { text, reasoning, calls, end } = await wholeAnswer(ask, turn)
      const content = [
        ...(reasoning !== '' && isThinkingShown ? [{ type: 'thinking', thinking: reasoning, signature: '' }] : []),
        ...(text !== '' ? [{ type: 'text', text, citations: null }] : []),
        ...calls.map(call => ({ type: 'tool_use', id: call.id, name: call.name, input: parametersOf(call) })),
      ]
      answer.json({ ...frame, content, ...stopOf(end, calls.length), usage: usageOf(end) })
      return
    }
    // The first event tells what the prompt takes, and the model's own count comes with the last.
    const promptTokens = await turn.countChatTokens(ask.turns, ask.tools)
    const tell = async (piece: { type: string } & Record<string, unknown>): Promise<void> => await answer.send('events', event(piece, piece.type))
    const blocks = new ContentBlocks(tell)
    let isFirst = true
    for await (const piece of answerAsk(ask, turn)) {
      if (isFirst) {
        const usage = { input_tokens: promptTokens, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
        await tell({ type: 'message_start', message: { ...frame, content: [], stop_reason: null, stop_sequence: null, usage } })
        await tell({ type: 'ping' })
        isFirst = false
      }
      if (piece.type === 'text-delta') await blocks.addText(piece.text)
      else if (piece.type === 'reasoning-delta') {
        if (isThinkingShown) await blocks.addThinking(piece.text)
      } else if (piece.type === 'tool-call') await blocks.addCall(piece.call)
      else {
        await blocks.close()
        await tell({ type: 'message_delta', delta: stopOf(piece, blocks.calls), usage: usageOf(piece) })
        await tell({ type: 'message_stop' })
      }
    }
    answer.end()
  })
}

/** `POST /v1/messages/count_tokens`. */
export async function countTokens({ server, caller, endpoint, body, answer, signal }: Exchange): Promise<void> {
  const request = parse(CountRequest, body)
  const { turns, tools } = readPrompt(request)
  await server.serve({ caller, endpoint, scope: 'chat', role: 'chat', model: request.model, prompt: promptOf(turns, tools), isQueued: false, signal }, async turn => {
    answer.json({ input_tokens: await turn.countChatTokens(turns, tools) })
  })
}

function stopOf({ stopReason, stopText }: Ended, calls: number) {
  const isCall = stopReason === 'tool-calls' || (calls > 0 && stopReason !== 'max-tokens')
  const reason = isCall ? 'tool_use' : stopReason === 'max-tokens' ? 'max_tokens' : stopReason === 'stop-text' ? 'stop_sequence' : 'end_turn'
  return { stop_reason: reason, stop_sequence: reason === 'stop_sequence' ? (stopText ?? null) : null }
}

/** Tokens that were still in memory are counted as read from the cache, and not among the others. */
function usageOf({ promptTokens, reusedTokens, tokens }: Ended) {
  return { input_tokens: promptTokens - reusedTokens, output_tokens: tokens, cache_creation_input_tokens: 0, cache_read_input_tokens: reusedTokens }
}
