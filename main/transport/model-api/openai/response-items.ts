import type { ToolCall } from '../../../../native/inference/contract.ts'
import { newId } from '../chat-ask.ts'
import type { shownLogprob } from './chat-answer.ts'

export type StreamEvent = { type: string } & Record<string, unknown>
type Logprob = ReturnType<typeof shownLogprob>

interface Open {
  kind: 'message' | 'reasoning'
  id: string
  text: string
  logprobs: Logprob[]
}

/** The items of a response as they are written: at most one is open, and each is announced, filled and closed in this order. */
export class ResponseItems {
  readonly #tell: (event: StreamEvent) => Promise<void>
  readonly output: object[] = []
  #open: Open | null = null

  constructor(tell: (event: StreamEvent) => Promise<void>) {
    this.#tell = tell
  }

  async addText(text: string, logprobs: Logprob[]): Promise<void> {
    const open = await this.#opened('message')
    open.text += text
    open.logprobs.push(...logprobs)
    await this.#tell({ type: 'response.output_text.delta', ...this.#place(open), delta: text, logprobs })
  }

  async addReasoning(text: string): Promise<void> {
    const open = await this.#opened('reasoning')
    open.text += text
    await this.#tell({ type: 'response.reasoning_text.delta', ...this.#place(open), delta: text })
  }

  async addCall({ id: callId, name, parameters }: ToolCall): Promise<void> {
    await this.close('completed')
    const place = { output_index: this.output.length, item_id: newId('fc_') }
    const item = { id: place.item_id, type: 'function_call', call_id: callId, name, arguments: parameters, status: 'completed' }
    await this.#tell({ type: 'response.output_item.added', output_index: place.output_index, item: { ...item, arguments: '', status: 'in_progress' } })
    await this.#tell({ type: 'response.function_call_arguments.delta', ...place, delta: parameters })
    await this.#tell({ type: 'response.function_call_arguments.done', ...place, name, arguments: parameters })
    await this.#tell({ type: 'response.output_item.done', output_index: place.output_index, item })
    this.output.push(item)
  }

  /** Closes what is open, if anything is. */
  async close(status: 'completed' | 'incomplete'): Promise<void> {
    const open = this.#open
    if (!open) return
    const place = this.#place(open)
    const isText = open.kind === 'message'
    await this.#tell({ type: isText ? 'response.output_text.done' : 'response.reasoning_text.done', ...place, text: open.text, ...(isText ? { logprobs: open.logprobs } : {}) })
    await this.#tell({ type: 'response.content_part.done', ...place, part: partOf(open) })
    const item = itemOf(open, status)
    await this.#tell({ type: 'response.output_item.done', output_index: place.output_index, item })
    this.output.push(item)
    this.#open = null
  }

  async #opened(kind: Open['kind']): Promise<Open> {
    if (this.#open?.kind === kind) return this.#open
    await this.close('completed')
    const open: Open = { kind, id: newId(kind === 'message' ? 'msg_' : 'rs_'), text: '', logprobs: [] }
    this.#open = open
    await this.#tell({ type: 'response.output_item.added', output_index: this.output.length, item: { ...itemOf(open, 'in_progress'), content: [] } })
    await this.#tell({ type: 'response.content_part.added', ...this.#place(open), part: partOf(open) })
    return open
  }

  #place({ id }: Open): { item_id: string; output_index: number; content_index: number } {
    return { item_id: id, output_index: this.output.length, content_index: 0 }
  }
}

function partOf({ kind, text, logprobs }: Open): object {
  return kind === 'message' ? { type: 'output_text', text, annotations: [], logprobs: [...logprobs] } : { type: 'reasoning_text', text }
}

function itemOf(open: Open, status: string): object {
  const shared = { id: open.id, status, content: [partOf(open)] }
  return open.kind === 'message' ? { ...shared, type: 'message', role: 'assistant' } : { ...shared, type: 'reasoning', summary: [] }
}
