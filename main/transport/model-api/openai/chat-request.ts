import { z } from 'zod'
import type { ChatTurn, Tool } from '../../../../native/inference/contract.ts'
import { emptyAsk, given, type ChatAsk } from '../chat-ask.ts'
import { invalid } from '../api-error.ts'
import { contentText, Parts } from './content-text.ts'

const Call = z.object({ id: z.string(), type: z.string().nullish(), function: z.object({ name: z.string(), arguments: z.string() }) })
const Message = z.object({ role: z.string(), content: Parts.nullish(), tool_calls: z.array(Call).nullish(), tool_call_id: z.string().nullish() })

export const FunctionTool = z.object({
  type: z.string(),
  function: z.object({ name: z.string().min(1).max(128), description: z.string().nullish(), parameters: z.record(z.string(), z.unknown()).nullish() }).optional(),
})
const ToolChoice = z.union([z.enum(['none', 'auto', 'required']), z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) })])
const Format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), json_schema: z.object({ schema: z.record(z.string(), z.unknown()).nullish() }) }),
])

export const stopWords = z.union([z.string(), z.array(z.string().min(1).max(500)).max(16)]).nullish()
/** What the ways to choose a token have in common over OpenAI's endpoints. */
export const samplingFields = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z.record(z.string().regex(/^\d+$/, 'keys that are numbers of tokens'), z.number().min(-100).max(100)).nullish(),
  /** Of llama-server and vLLM; OpenAI's own clients send them where they are told to. */
  top_k: z.number().int().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
}
const tokenCount = z.number().int().min(1).max(10_000_000).nullish()

export const ChatRequest = z.object({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokenCount,
  max_completion_tokens: tokenCount,
  n: z.number().int().nullish(),
  stop: stopWords,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  response_format: Format.nullish(),
  tools: z.array(FunctionTool).max(256).nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  modalities: z.array(z.string()).nullish(),
  functions: z.array(z.unknown()).nullish(),
  ...samplingFields,
})
export type ChatRequest = z.infer<typeof ChatRequest>

export function readChat(request: ChatRequest): ChatAsk {
  const { n, modalities, functions, top_logprobs: top, logprobs } = request
  if ((n ?? 1) !== 1) throw invalid('n', 'One answer is given to each request: “n” must be 1.')
  if (modalities?.some(one => one !== 'text')) throw invalid('modalities', 'Answers are text alone.')
  if (functions?.length) throw invalid('functions', '“functions” was replaced by “tools”: send those.')
  if (typeof top === 'number' && !logprobs) throw invalid('top_logprobs', '“top_logprobs” needs “logprobs” to be true.')
  const tools = readTools(request.tools)
  return {
    ...emptyAsk,
    turns: request.messages.map(readMessage),
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? null,
    temperature: request.temperature ?? null,
    seed: request.seed ?? null,
    sampling: readSampling(request),
    stop: readStop(request.stop),
    format: readFormat(request.response_format),
    tools,
    toolChoice: readChoice(request.tool_choice, tools),
    logprobs: logprobs ? (top ?? 0) : null,
    isOneCall: request.parallel_tool_calls === false,
  }
}

function readMessage({ role, content, tool_calls: calls, tool_call_id: callId }: z.infer<typeof Message>, index: number): ChatTurn {
  const text = contentText(content, `messages[${index}].content`)
  if (role === 'system' || role === 'developer') return { role: 'system', text }
  if (role === 'user') return { role, text }
  if (role === 'tool' || role === 'function') return { role: 'tool', text, ...given<{ toolCallId: string }>({ toolCallId: callId }) }
  if (role !== 'assistant') throw invalid(`messages[${index}].role`, `“messages[${index}].role” must be system, developer, user, assistant or tool.`)
  return { role, text, ...(calls?.length ? { toolCalls: calls.map(call => ({ id: call.id, name: call.function.name, parameters: call.function.arguments })) } : {}) }
}

export function readTools(tools: readonly z.infer<typeof FunctionTool>[] | null | undefined): Tool[] {
  return (tools ?? []).map(({ type, function: its }, index) => {
    if (type !== 'function' || !its) throw invalid(`tools[${index}].type`, `Only tools of the type “function” can be called.`)
    return { name: its.name, ...given<Tool>({ description: its.description, parameters: its.parameters }) }
  })
}

/** Names of tools stand in requests and answers: one that is not there can neither be called nor be waited for. */
export function requireTool(name: string, tools: readonly Tool[], param: string): { name: string } {
  if (!tools.some(tool => tool.name === name)) throw invalid(param, `“${param}” names a tool that “tools” does not have.`)
  return { name }
}

function readChoice(choice: ChatRequest['tool_choice'], tools: readonly Tool[]): ChatAsk['toolChoice'] {
  if (choice === null || choice === undefined) return null
  if (typeof choice === 'object') return requireTool(choice.function.name, tools, 'tool_choice')
  if (choice === 'required' && tools.length === 0) throw invalid('tool_choice', '“tool_choice” is “required”, and “tools” is empty.')
  return choice
}

function readFormat(format: ChatRequest['response_format']): ChatAsk['format'] {
  if (!format || format.type === 'text') return null
  if (format.type === 'json_object') return { type: 'json' }
  return { type: 'json-schema', schema: format.json_schema.schema ?? {} }
}

export function readStop(stop: z.infer<typeof stopWords>): string[] {
  return (typeof stop === 'string' ? [stop] : (stop ?? [])).filter(word => word !== '')
}

interface GivenSampling {
  top_p?: number | null | undefined
  top_k?: number | null | undefined
  min_p?: number | null | undefined
  frequency_penalty?: number | null | undefined
  presence_penalty?: number | null | undefined
  logit_bias?: Record<string, number> | null | undefined
}

export function readSampling({ top_p: topP, top_k: topK, min_p: minP, frequency_penalty: frequencyPenalty, presence_penalty: presencePenalty, logit_bias: logitBias }: GivenSampling): ChatAsk['sampling'] {
  return given<ChatAsk['sampling']>({ topP, topK, minP, frequencyPenalty, presencePenalty, logitBias })
}
