import { z } from 'zod'
import type { ChatTurn } from '../../../../native/inference/contract.ts'
import { emptyAsk, given, type ChatAsk } from '../chat-ask.ts'
import { invalid } from '../api-error.ts'
import { FunctionTool, readTools } from '../openai/chat-request.ts'

const Options = z.object({
  temperature: z.number().min(0).max(10).nullish(),
  seed: z.number().int().nullish(),
  /** Negative: no limit. */
  num_predict: z.number().int().nullish(),
  top_k: z.number().int().min(0).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repeat_penalty: z.number().min(0).max(10).nullish(),
  /** Negative: the whole context. */
  repeat_last_n: z.number().int().nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  stop: z.union([z.string(), z.array(z.string().min(1).max(500)).max(16)]).nullish(),
})

const images = z.array(z.unknown()).nullish()
const shared = {
  model: z.string().min(1),
  stream: z.boolean().nullish(),
  format: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
  options: Options.nullish(),
  think: z.union([z.boolean(), z.string()]).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
}

const Message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().nullish(),
  images,
  tool_calls: z.array(z.object({ id: z.string().nullish(), function: z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()).nullish() }) })).nullish(),
  tool_name: z.string().nullish(),
  tool_call_id: z.string().nullish(),
})

export const ChatRequest = z.object({ ...shared, messages: z.array(Message).nullish(), tools: z.array(FunctionTool).max(256).nullish() })
export type ChatRequest = z.infer<typeof ChatRequest>

export const GenerateRequest = z.object({
  ...shared,
  prompt: z.string().nullish(),
  suffix: z.string().nullish(),
  system: z.string().nullish(),
  template: z.string().nullish(),
  context: z.array(z.unknown()).nullish(),
  raw: z.boolean().nullish(),
  images,
})
export type GenerateRequest = z.infer<typeof GenerateRequest>

export function readOllamaChat(request: ChatRequest): ChatAsk {
  return { ...readShared(request), turns: readMessages(request.messages ?? []), tools: readTools(request.tools) }
}

export function readGenerate(request: GenerateRequest): ChatAsk {
  if (request.images?.length) throw invalid('images', 'models here read text alone: images cannot be sent')
  if (request.template) throw invalid('template', 'the template of a model is set in Cortex, not by a request')
  if (request.context?.length) throw invalid('context', 'a context cannot be sent back as numbers: send the conversation to /api/chat')
  const prompt = request.prompt ?? ''
  if (request.raw) return { ...readShared(request), text: prompt }
  return { ...readShared(request), turns: [...(request.system ? [{ role: 'system' as const, text: request.system }] : []), { role: 'user', text: prompt }] }
}

function readShared({ format, options, logprobs, top_logprobs: top }: Pick<ChatRequest, 'format' | 'options' | 'logprobs' | 'top_logprobs'>): ChatAsk {
  const { temperature, seed, num_predict: most, top_k: topK, top_p: topP, min_p: minP, repeat_penalty: repeatPenalty, repeat_last_n: last, presence_penalty: presencePenalty, frequency_penalty: frequencyPenalty, stop } = options ?? {}
  return {
    ...emptyAsk,
    temperature: temperature ?? null,
    seed: seed ?? null,
    maxTokens: typeof most === 'number' && most > 0 ? most : null,
    sampling: given<ChatAsk['sampling']>({ topK, topP, minP, repeatPenalty, presencePenalty, frequencyPenalty, repeatLastTokens: typeof last === 'number' && last >= 0 ? last : null }),
    stop: (typeof stop === 'string' ? [stop] : (stop ?? [])).filter(word => word !== ''),
    format: readFormat(format),
    logprobs: logprobs ? (top ?? 0) : null,
  }
}

function readFormat(format: ChatRequest['format']): ChatAsk['format'] {
  if (format === null || format === undefined || format === '') return null
  if (typeof format === 'object') return { type: 'json-schema', schema: format }
  if (format === 'json') return { type: 'json' }
  throw invalid('format', 'format must be "json" or a JSON schema')
}

/** Calls have no ids here: what a tool gave back belongs to the oldest call of its name that nothing was given back to yet. */
function readMessages(messages: readonly z.infer<typeof Message>[]): ChatTurn[] {
  const open: { id: string; name: string }[] = []
  let calls = 0
  return messages.map(({ role, content, images: pictures, tool_calls: its, tool_name: name, tool_call_id: named }, index): ChatTurn => {
    const text = content ?? ''
    if (pictures?.length) throw invalid(`messages[${index}].images`, 'models here read text alone: images cannot be sent')
    if (role === 'tool') {
      const answered = named ?? open.splice(Math.max(0, open.findIndex(call => call.name === name)), 1)[0]?.id
      return { role, text, ...given<{ toolCallId: string }>({ toolCallId: answered }) }
    }
    if (role !== 'assistant' || !its?.length) return { role, text }
    const toolCalls = its.map(({ id, function: called }) => ({ id: id ?? `call_${calls++}`, name: called.name, parameters: JSON.stringify(called.arguments ?? {}) }))
    open.push(...toolCalls)
    return { role, text, toolCalls }
  })
}
