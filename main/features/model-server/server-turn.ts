import { usualSampling } from '#shared/sampling.ts'
import type { ChatTurn, Embedding, FillRequest, FillResult, GenerateEvent, GenerateRequest, Sampling, Tool } from '../../../native/inference/contract.ts'
import type { Engine, EngineModel } from '../models/engine.ts'
import type { RunningCall } from './server-activity.ts'

interface Options {
  engine: Engine
  model: EngineModel
  /** The name that answers carry. */
  name: string
  temperature: number
  call: RunningCall
  onCount: () => void
  signal: AbortSignal
}

/** A call's turn at a model: the engine with its tokens counted and its signal bound. */
export class ServerTurn {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  get contextTokens(): number {
    return this.#options.model.contextTokens
  }

  /** What holds where a request says nothing: that of the model's preset, or of the chat. */
  get temperature(): number {
    return this.#options.model.preset?.temperature ?? this.#options.temperature
  }

  /** The same for the other ways to choose a token. */
  get sampling(): Sampling {
    return this.#options.model.preset?.sampling ?? usualSampling
  }

  /** Aborted when the caller left, was revoked, or the server was turned off. */
  get signal(): AbortSignal {
    return this.#options.signal
  }

  countChatTokens(turns: readonly ChatTurn[], tools: readonly Tool[]): Promise<number> {
    return this.#options.engine.countChatTokens(turns, this.signal, tools)
  }

  async *generate(request: GenerateRequest): AsyncGenerator<GenerateEvent, void, void> {
    // A call may ask more than once: what was counted before stays.
    const { tokens, promptTokens } = this.#options.call
    for await (const event of this.#options.engine.generate(request, this.signal)) {
      this.#options.call.tokens = tokens + event.tokens
      if (event.type === 'generate-end') this.#options.call.promptTokens = (promptTokens ?? 0) + event.promptTokens
      this.#options.onCount()
      yield event
    }
  }

  async complete(request: FillRequest): Promise<FillResult> {
    const filled = await this.#options.engine.complete(request, this.signal)
    this.#count(filled.promptTokens, filled.tokens)
    return filled
  }

  async embed(texts: readonly string[]): Promise<Embedding[]> {
    const embeddings = await this.#options.engine.embed(texts, this.signal)
    this.#count(embeddings.reduce((sum, { tokens }) => sum + tokens, 0), 0)
    return embeddings
  }

  async rerank(query: string, documents: readonly string[]): Promise<{ scores: number[]; tokens: number }> {
    const ranked = await this.#options.engine.rerank(query, documents, this.signal)
    this.#count(ranked.tokens, 0)
    return ranked
  }

  #count(promptTokens: number, tokens: number): void {
    const { call, onCount } = this.#options
    call.promptTokens = (call.promptTokens ?? 0) + promptTokens
    call.tokens += tokens
    onCount()
  }
}
