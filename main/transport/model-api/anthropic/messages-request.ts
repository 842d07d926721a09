import { z } from 'zod'
import type { ChatTurn, Tool, ToolCall } from '../../../../native/inference/contract.ts'
import { emptyAsk, given, type ChatAsk } from '../chat-ask.ts'
import { invalid } from '../api-error.ts'

const Block = z.object({
  type: z.string(),
  text: z.string().nullish(),
  id: z.string().nullish(),
  name: z.string().nullish(),
  input: z.record(z.string(), z.unknown()).nullish(),
  tool_use_id: z.string().nullish(),
  content: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().nullish() }))]).nullish(),
})
type Block = z.infer<typeof Block>
const Content = z.union([z.string(), z.array(Block)])
const AnthropicTool = z.object({ type: z.string().nullish(), name: z.string().min(1).max(128), description: z.string().nullish(), input_schema: z.record(z.string(), z.unknown()).nullish() })

const prompt = {
  model: z.string().min(1),
  system: Content.nullish(),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant', 'system']), content: Content })).min(1),
  tools: z.array(AnthropicTool).max(256).nullish(),
  tool_choice: z.object({ type: z.enum(['auto', 'any', 'tool', 'none']), name: z.string().nullish(), disable_parallel_tool_use: z.boolean().nullish() }).nullish(),
  thinking: z.object({ type: z.string() }).nullish(),
}
export const CountRequest = z.object(prompt)
export const MessagesRequest = z.object({
  ...prompt,
  max_tokens: z.number().int().min(1).max(10_000_000),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.number().int().min(0).nullish(),
  stop_sequences: z.array(z.string().min(1).max(500)).max(16).nullish(),
  stream: z.boolean().nullish(),
  output_config: z.object({ format: z.object({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) }).nullish() }).nullish(),
})
export type MessagesRequest = z.infer<typeof MessagesRequest>

export function readMessages(request: MessagesRequest): ChatAsk {
  const { turns, tools } = readPrompt(request)
  const { tool_choice: choice } = request
  const schema = request.output_config?.format?.schema
  return {
    ...emptyAsk,
    turns,
    tools,
    maxTokens: request.max_tokens,
    temperature: request.temperature ?? null,
    sampling: given<ChatAsk['sampling']>({ topP: request.top_p, topK: request.top_k }),
    stop: request.stop_sequences ?? [],
    format: schema ? { type: 'json-schema', schema } : null,
    toolChoice: choice ? readChoice(choice, tools) : null,
    isOneCall: choice?.disable_parallel_tool_use === true,
  }
}

export function readPrompt({ system, messages, tools: asked }: Pick<MessagesRequest, 'system' | 'messages' | 'tools'>): { turns: ChatTurn[]; tools: Tool[] } {
  if (messages.at(-1)?.role === 'assistant') throw invalid('messages', 'The conversation must end with a message of the user: an answer that was begun is not continued.')
  const tools = (asked ?? []).map(({ type, name, description, input_schema: parameters }, index): Tool => {
    if (type !== null && type !== undefined && type !== 'custom') throw invalid(`tools.${index}.type`, `tools.${index}: only tools of your own can be called; this is one of Anthropic's.`)
    return { name, ...given<Tool>({ description, parameters }) }
  })
  const opening = system === null || system === undefined ? '' : typeof system === 'string' ? system : system.map((block, index) => textOf(block, `system.${index}`)).join('\n\n')
  return { turns: [...(opening === '' ? [] : [{ role: 'system' as const, text: opening }]), ...messages.flatMap(readMessage)], tools }
}

function readMessage({ role, content }: MessagesRequest['messages'][number], index: number): ChatTurn[] {
  if (typeof content === 'string') return [{ role, text: content }]
  const results: ChatTurn[] = []
  const calls: ToolCall[] = []
  let text = ''
  for (const [place, block] of content.entries()) {
    const param = `messages.${index}.content.${place}`
    // What a model thought before is not read again; nor does any template have a place for it.
    if (block.type === 'thinking' || block.type === 'redacted_thinking') continue
    if (block.type === 'tool_use') {
      if (!block.id || !block.name) throw invalid(param, `${param}: “id” and “name” are needed.`)
      calls.push({ id: block.id, name: block.name, parameters: JSON.stringify(block.input ?? {}) })
    } else if (block.type === 'tool_result') {
      if (!block.tool_use_id) throw invalid(param, `${param}: “tool_use_id” is needed.`)
      results.push({ role: 'tool', text: resultText(block, param), toolCallId: block.tool_use_id })
    } else text += (text === '' ? '' : '\n') + textOf(block, param)
  }
  // What the tools gave back comes before what the user says to it.
  if (text === '' && calls.length === 0 && results.length > 0) return results
  return [...results, { role, text, ...(calls.length > 0 ? { toolCalls: calls } : {}) }]
}

function textOf({ type, text }: Pick<Block, 'type' | 'text'>, param: string): string {
  if (type !== 'text') throw invalid(`${param}.type`, `${param}.type: models here read text alone.`)
  return text ?? ''
}

function resultText({ content }: Block, param: string): string {
  if (content === null || content === undefined) return ''
  return typeof content === 'string' ? content : content.map((block, index) => textOf(block, `${param}.content.${index}`)).join('\n')
}

function readChoice({ type, name }: NonNullable<MessagesRequest['tool_choice']>, tools: readonly Tool[]): ChatAsk['toolChoice'] {
  if (type === 'auto' || type === 'none') return type
  if (tools.length === 0) throw invalid('tool_choice', 'tool_choice: it may only be given with “tools”.')
  if (type === 'any') return 'required'
  if (!name || !tools.some(tool => tool.name === name)) throw invalid('tool_choice.name', 'tool_choice.name: no tool has this name.')
  return { name }
}
