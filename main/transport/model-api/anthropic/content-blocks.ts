import type { ToolCall } from '../../../../native/inference/contract.ts'

type Tell = (event: { type: string } & Record<string, unknown>) => Promise<void>

/** The blocks of a message as they are written: each is started, filled and stopped before the next. */
export class ContentBlocks {
  readonly #tell: Tell
  #index = 0
  #open: 'text' | 'thinking' | null = null
  calls = 0

  constructor(tell: Tell) {
    this.#tell = tell
  }

  async addText(text: string): Promise<void> {
    await this.#start('text', { type: 'text', text: '', citations: null })
    await this.#delta({ type: 'text_delta', text })
  }

  async addThinking(thinking: string): Promise<void> {
    await this.#start('thinking', { type: 'thinking', thinking: '', signature: '' })
    await this.#delta({ type: 'thinking_delta', thinking })
  }

  async addCall({ id, name, parameters }: ToolCall): Promise<void> {
    await this.close()
    this.calls++
    await this.#tell({ type: 'content_block_start', index: this.#index, content_block: { type: 'tool_use', id, name, input: {} } })
    await this.#delta({ type: 'input_json_delta', partial_json: parameters })
    await this.#stop()
  }

  async close(): Promise<void> {
    if (this.#open === null) return
    // Thoughts are signed by Anthropic, so that they can be sent back to it; here nothing reads them again.
    if (this.#open === 'thinking') await this.#delta({ type: 'signature_delta', signature: '' })
    this.#open = null
    await this.#stop()
  }

  async #start(kind: 'text' | 'thinking', block: object): Promise<void> {
    if (this.#open === kind) return
    await this.close()
    this.#open = kind
    await this.#tell({ type: 'content_block_start', index: this.#index, content_block: block })
  }

  async #delta(delta: object): Promise<void> {
    await this.#tell({ type: 'content_block_delta', index: this.#index, delta })
  }

  async #stop(): Promise<void> {
    await this.#tell({ type: 'content_block_stop', index: this.#index })
    this.#index++
  }
}
