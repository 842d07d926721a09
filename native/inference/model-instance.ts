import type { LlamaModel } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'
import type { ChatTemplate } from './chat-template.ts'
import type { LoadedModel } from './contract.ts'
import type { Embedder, Ranker } from './embedder.ts'
import type { FillPrompts } from './fill-prompt.ts'
import type { Lanes } from './lanes.ts'
import type { PromptStates } from './prompt-state.ts'
import type { SpeculationTrial } from './speculation-trial.ts'

interface Parts {
  modelId: string
  llamaModel: LlamaModel
  facts: LoadedModel
  /** Null for a model that makes vectors or ranks. */
  chatLanes: Lanes | null
  template: ChatTemplate | null
  fill: { lanes: Lanes; prompts: FillPrompts } | null
  states: PromptStates | null
  trial: SpeculationTrial | null
  embedder: Embedder | null
  ranker: Ranker | null
  /** Aborted when the model is unloaded. */
  closing: AbortController
  free: () => Promise<void>
}

/** A loaded model with what it can do. */
export class ModelInstance {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get llamaModel(): LlamaModel {
    return this.#parts.llamaModel
  }

  get facts(): LoadedModel {
    return this.#parts.facts
  }

  get closed(): AbortSignal {
    return this.#parts.closing.signal
  }

  /** Throws MODEL_CANNOT_CHAT. */
  get chatLanes(): Lanes {
    return this.#parts.chatLanes ?? this.#cannot('MODEL_CANNOT_CHAT')
  }

  /** Throws MODEL_CANNOT_CHAT. */
  get template(): ChatTemplate {
    return this.#parts.template ?? this.#cannot('MODEL_CANNOT_CHAT')
  }

  /** Throws MODEL_CANNOT_CHAT. */
  get states(): PromptStates {
    return this.#parts.states ?? this.#cannot('MODEL_CANNOT_CHAT')
  }

  /** Null where ways to guess ahead are not to be compared. */
  get trial(): SpeculationTrial | null {
    return this.#parts.trial
  }

  /** Throws MODEL_CANNOT_FILL. */
  get fill(): { lanes: Lanes; prompts: FillPrompts } {
    return this.#parts.fill ?? this.#cannot('MODEL_CANNOT_FILL')
  }

  /** Throws MODEL_CANNOT_EMBED. */
  get embedder(): Embedder {
    return this.#parts.embedder ?? this.#cannot('MODEL_CANNOT_EMBED')
  }

  /** Throws MODEL_CANNOT_RERANK. */
  get ranker(): Ranker {
    return this.#parts.ranker ?? this.#cannot('MODEL_CANNOT_RERANK')
  }

  /** The caller's signal, and the end of the model. */
  until(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.closed]) : this.closed
  }

  async dispose(): Promise<void> {
    this.#parts.closing.abort(new AppError('MODEL_NOT_LOADED', {}))
    await this.#parts.free()
  }

  #cannot(code: 'MODEL_CANNOT_CHAT' | 'MODEL_CANNOT_FILL' | 'MODEL_CANNOT_EMBED' | 'MODEL_CANNOT_RERANK'): never {
    throw new AppError(code, { id: this.#parts.modelId })
  }
}
