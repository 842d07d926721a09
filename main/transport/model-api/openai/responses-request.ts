import { z } from 'zod'
import type { ChatTurn, Tool } from '../../../../native/inference/contract.ts'
import { emptyAsk, given, type ChatAsk } from '../chat-ask.ts'
import { invalid } from '../api-error.ts'
import { requireTool } from './chat-request.ts'
import { contentText, Parts } from './content-text.ts'

const Item = z.object({
  type: z.string().nullish(),
  role: z.string().nullish(),
  content: Parts.nullish(),
  call_id: z.string().nullish(),
  name: z.string().nullish(),
  arguments: z.string().nullish(),
  output: Parts.nullish(),
})
const FunctionTool = z.object({ type: z.string(), name: z.string().min(1).max(128).nullish(), description: z.string().nullish(), parameters: z.record(z.string(), z.unknown()).nullish() })
const Format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) }),
])

export const ResponsesRequest = z.object({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(Item).min(1)]),
  instructions: z.string().nullish(),
  max_output_tokens: z.number().int().min(1).max(10_000_000).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  include: z.array(z.string()).nullish(),
  tools: z.array(FunctionTool).max(256).nullish(),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.object({ type: z.literal('function'), name: z.string() })]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z.object({ format: Format.nullish() }).nullish(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z.unknown().optional(),
  truncation: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
})
export type ResponsesRequest = z.infer<typeof ResponsesRequest>

export function readResponses(request: ResponsesRequest): ChatAsk {
  refuseState(request)
  const tools = (request.tools ?? []).map(({ type, name, description, parameters }, index): Tool => {
    if (type !== 'function' || !name) throw invalid(`tools[${index}].type`, 'Only tools of the type “function” can be called.')
    return { name, ...given<Tool>({ description, parameters }) }
  })
  const input: ChatTurn[] = typeof request.input === 'string' ? [{ role: 'user', text: request.input }] : readItems(request.input)
  const format = request.text?.format
  const { tool_choice: choice } = request
  const hasLogprobs = (request.top_logprobs ?? 0) > 0 || request.include?.includes('message.output_text.logprobs') === true
  return {
    ...emptyAsk,
    turns: [...(request.instructions ? [{ role: 'system' as const, text: request.instructions }] : []), ...input],
    maxTokens: request.max_output_tokens ?? null,
    temperature: request.temperature ?? null,
    sampling: given<ChatAsk['sampling']>({ topP: request.top_p }),
    format: !format || format.type === 'text' ? null : format.type === 'json_object' ? { type: 'json' } : { type: 'json-schema', schema: format.schema },
    tools,
    toolChoice: typeof choice === 'object' && choice !== null ? requireTool(choice.name, tools, 'tool_choice') : (choice ?? null),
    logprobs: hasLogprobs ? (request.top_logprobs ?? 0) : null,
    isOneCall: request.parallel_tool_calls === false,
  }
}

/** Nothing is kept of what clients ask: what would need it is refused, and a prompt is never cut in silence. */
function refuseState({ store, background, previous_response_id: previous, conversation, truncation }: ResponsesRequest): void {
  if (store) throw invalid('store', 'Responses are not kept here: “store” must be false or left out.')
  if (background) throw invalid('background', 'Responses are given at once: “background” must be false or left out.')
  if (previous) throw invalid('previous_response_id', 'Responses are not kept here: send the items of the conversation in “input” instead of “previous_response_id”.')
  if (conversation !== null && conversation !== undefined) throw invalid('conversation', 'Conversations are not kept here: send their items in “input”.')
  if (truncation === 'auto') throw invalid('truncation', 'Prompts are never cut: “truncation” must be “disabled” or left out.')
}

function readItems(items: readonly z.infer<typeof Item>[]): ChatTurn[] {
  const turns: ChatTurn[] = []
  for (const [index, item] of items.entries()) {
    const param = `input[${index}]`
    const { type, role, content, call_id: callId, name } = item
    if (type === 'reasoning') continue
    if (type === 'function_call') {
      if (!callId || !name) throw invalid(param, `“${param}” lacks its “call_id” or its “name”.`)
      const call = { id: callId, name, parameters: item.arguments ?? '{}' }
      const last = turns.at(-1)
      // Calls of one answer stand as items of their own, and belong to one turn.
      if (last?.role === 'assistant') last.toolCalls = [...(last.toolCalls ?? []), call]
      else turns.push({ role: 'assistant', text: '', toolCalls: [call] })
    } else if (type === 'function_call_output') {
      turns.push({ role: 'tool', text: contentText(item.output, `${param}.output`), ...given<{ toolCallId: string }>({ toolCallId: callId }) })
    } else if (type === 'message' || type === null || type === undefined) {
      if (role !== 'user' && role !== 'assistant' && role !== 'system' && role !== 'developer') throw invalid(`${param}.role`, `“${param}.role” must be user, assistant, system or developer.`)
      turns.push({ role: role === 'developer' ? 'system' : role, text: contentText(content, `${param}.content`) })
    } else throw invalid(`${param}.type`, `“${param}” is of a type that cannot be read: send messages, calls of functions and what they gave back.`)
  }
  if (turns.length === 0) throw invalid('input', '“input” holds no message.')
  return turns
}
