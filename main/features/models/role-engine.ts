import type { EngineState, Model, ResidentActivity } from '#shared/contract/models.ts'
import { AppError, isAppError } from '#shared/errors.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import type { ChatTurn, Embedding, FillRequest, FillResult, GenerateEvent, GenerateRequest, Tool } from '../../../native/inference/contract.ts'
import type { EnginePool } from './engine-pool.ts'
import type { EngineService } from './engine-service.ts'
import type { AnswerUse, Engine, EngineModel } from './engine.ts'
import type { Seat } from './seat.ts'

const idle: ResidentActivity = { task: 'idle', tokensPerSecond: null, prefillTokensPerSecond: null, contextUsedTokens: null, queued: 0 }

/** The model that has a role now, whichever that is: found again at every call, since it may change between two. */
export class RoleEngine implements Engine {
  readonly #pool: EnginePool
  readonly #choose: () => Promise<Model>
  readonly #changes = new Listeners<EngineState>()
  readonly #stop: () => void
  #chosen: Model | null = null
  #choosing = 0
  #failure: EngineState | null = null
  #told: EngineState = { status: 'empty' }

  /** `choose` throws where no model can have the role. */
  constructor(pool: EnginePool, choose: () => Promise<Model>) {
    this.#pool = pool
    this.#choose = choose
    this.#stop = pool.onChange(() => this.#tell())
  }

  /** The model of the present state; null when empty. */
  get model(): Model | null {
    return this.#seat ? this.#chosen : null
  }

  /** The model that has the role, loaded or not, as far as it is known. */
  get modelId(): string | null {
    return this.#chosen?.id ?? null
  }

  get state(): EngineState {
    if (this.#failure) return this.#failure
    const seat = this.#seat
    if (!seat) return this.#choosing > 0 ? { status: 'loading', modelId: '', ratio: 0 } : { status: 'empty' }
    return seat.engine.state
  }

  get activity(): ResidentActivity {
    return this.#seat?.engine.activity.now ?? idle
  }

  onChange(listener: (state: EngineState) => void): () => void {
    return this.#changes.add(listener)
  }

  /** Has the role from now on; null: it is chosen again at the next call. */
  assign(model: Model | null): void {
    this.#chosen = model
    this.#failure = null
    this.#tell()
  }

  async ready(signal?: AbortSignal): Promise<EngineModel> {
    return await (await this.#engine(signal)).ready(signal)
  }

  async countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    return await (await this.#engine(signal)).countTokens(texts, signal)
  }

  async countChatTokens(turns: readonly ChatTurn[], signal?: AbortSignal, tools?: readonly Tool[]): Promise<number> {
    return await (await this.#engine(signal)).countChatTokens(turns, signal, tools)
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal, use?: AnswerUse): AsyncGenerator<GenerateEvent, void, void> {
    yield* (await this.#engine(signal)).generate(request, signal, use)
  }

  async complete(request: FillRequest, signal?: AbortSignal): Promise<FillResult> {
    return await (await this.#engine(signal)).complete(request, signal)
  }

  async embed(texts: readonly string[], signal?: AbortSignal): Promise<Embedding[]> {
    return await (await this.#engine(signal)).embed(texts, signal)
  }

  async rerank(query: string, documents: readonly string[], signal?: AbortSignal): Promise<{ scores: number[]; tokens: number }> {
    return await (await this.#engine(signal)).rerank(query, documents, signal)
  }

  dispose(): void {
    this.#stop()
  }

  get #seat(): Seat | null {
    return this.#chosen && this.#pool.find(this.#chosen.id)
  }

  /** Loaded and ready. One that goes to make room while it is waited for is loaded again. */
  async #engine(signal: AbortSignal | undefined): Promise<EngineService> {
    for (;;) {
      signal?.throwIfAborted()
      const { engine } = await this.#pool.seatToAsk(await this.#find())
      this.#tell()
      try {
        await engine.ready(signal)
        return engine
      } catch (error) {
        if (!engine.isClosed || !this.#pool.wasEvicted(engine)) throw error
      }
    }
  }

  async #find(): Promise<Model> {
    if (this.#chosen && this.#seat) return this.#chosen
    this.#choosing++
    this.#failure = null
    this.#tell()
    try {
      this.#chosen = await this.#choose()
      return this.#chosen
    } catch (error) {
      const known: AppError = isAppError(error) ? error : new AppError('MODEL_LOAD_FAILED', { id: '', reason: 'An unexpected fault; the log has more.' }, { cause: error })
      if (known.code !== 'MODEL_NOT_LOADED') this.#failure = { status: 'failed', modelId: '', error: { code: known.code, data: known.data } }
      throw new AppError('MODEL_NOT_LOADED', {}, { cause: error })
    } finally {
      this.#choosing--
      this.#tell()
    }
  }

  #tell(): void {
    const { state } = this
    if (state === this.#told || (state.status === 'empty' && this.#told.status === 'empty')) return
    this.#told = state
    this.#changes.tell(state)
  }
}
