import type { ChatHistoryItem, ChatModelFunctions, ChatModelResponse } from 'node-llama-cpp'
import type { ChatTurn, Tool } from './contract.ts'

type ResponseItem = ChatModelResponse['response'][number]

/** Turns as the library has them: what an assistant says, calls and is given back until the next question is one response. It ends open, for the answer. */
export function historyOf(turns: readonly ChatTurn[]): ChatHistoryItem[] {
  const history: ChatHistoryItem[] = []
  let response: ResponseItem[] | null = null
  const open = (): ResponseItem[] => {
    if (!response) history.push({ type: 'model', response: (response = []) })
    return response
  }
  for (const turn of turns) {
    if (turn.role === 'system' || turn.role === 'user') {
      response = null
      history.push({ type: turn.role, text: turn.text })
    } else if (turn.role === 'tool') {
      answerCall(open(), turn)
    } else {
      const items = open()
      if (turn.text !== '') items.push(turn.text)
      for (const { id, name, parameters } of turn.toolCalls ?? []) items.push({ type: 'functionCall', name, params: parsed(parameters), result: undefined, description: id, startsNewChunk: items.at(-1) === undefined || typeof items.at(-1) === 'string' })
    }
  }
  const last = turns.at(-1)
  if (last?.role !== 'assistant') open().push('')
  else if (open().length === 0) open().push('')
  return history.map(withoutIds)
}

/** While the history is made, a call keeps its id where its description stands. */
function answerCall(items: ResponseItem[], { text, toolCallId }: ChatTurn): void {
  const calls = items.filter(item => typeof item !== 'string' && item.type === 'functionCall')
  const call = calls.find(item => item.result === undefined && (toolCallId === undefined || item.description === toolCallId))
  // A result that nobody asked for is told as words, rather than lost.
  if (call) call.result = parsed(text)
  else items.push(text)
}

function withoutIds(item: ChatHistoryItem): ChatHistoryItem {
  if (item.type !== 'model') return item
  return { ...item, response: item.response.map(part => (typeof part === 'string' || part.type !== 'functionCall' ? part : callWithoutId(part))) }
}

function callWithoutId({ description: _id, ...call }: Extract<ResponseItem, { type: 'functionCall' }>): ResponseItem {
  return call
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

export function functionsOf(tools: readonly Tool[]): ChatModelFunctions | undefined {
  if (tools.length === 0) return undefined
  const functions = tools.map(({ name, description, parameters }) => [name, { ...(description !== undefined && { description }), ...(parameters && { params: parameters }) }])
  // The library's type of a schema is narrower than what it passes on to a template.
  return Object.fromEntries(functions) as ChatModelFunctions
}
