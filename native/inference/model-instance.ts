import type { LlamaModel, Token } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'
import type { ChatTemplate } from './chat-template.ts'
import type { ChatTurn, LoadedModel } from './contract.ts'
import type { FillPrompts } from './fill-prompt.ts'
import type { Lane } from './lane.ts'

interface Parts {
  modelId: string
  llamaModel: LlamaModel
  facts: LoadedModel
  chatLane: Lane
  template: ChatTemplate | null
  fill: { lane: Lane; prompts: FillPrompts } | null
  /** Aborted when the model is unloaded. */
  closing: AbortController
  free: () => Promise<void>
}

/** A loaded model with its sequences: one for chat, one for fill-in where the model can. */
export class ModelInstance {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get id(): string {
    return this.#parts.modelId
  }

  get llamaModel(): LlamaModel {
    return this.#parts.llamaModel
  }

  get facts(): LoadedModel {
    return this.#parts.facts
  }

  get chatLane(): Lane {
    return this.#parts.chatLane
  }

  get closed(): AbortSignal {
    return this.#parts.closing.signal
  }

  get stopTexts(): readonly string[] {
    return this.#parts.template?.stopTexts ?? []
  }

  /** Throws MODEL_CANNOT_FILL. */
  get fill(): { lane: Lane; prompts: FillPrompts } {
    if (!this.#parts.fill) throw new AppError('MODEL_CANNOT_FILL', { id: this.#parts.modelId })
    return this.#parts.fill
  }

  /** Throws MODEL_CANNOT_CHAT. */
  chatPrompt(turns: readonly ChatTurn[]): Token[] {
    if (!this.#parts.template) throw new AppError('MODEL_CANNOT_CHAT', { id: this.#parts.modelId })
    return this.#parts.template.render(turns)
  }

  async dispose(): Promise<void> {
    this.#parts.closing.abort(new AppError('MODEL_NOT_LOADED', {}))
    await this.#parts.free()
  }
}
