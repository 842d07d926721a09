import type { ContractRouterClient } from '@orpc/contract'
import type { Model } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { inference, LoadedModel, LoadRequest } from '../../../native/inference/contract.ts'
import type { EngineSettings } from './engine-dependencies.ts'
import type { SpeculationOutcomes } from './engine-speculation.ts'
import type { EngineThreads } from './engine-threads.ts'

type Client = ContractRouterClient<typeof inference>
/** What a plan decides of a load; what is absent comes from the settings. */
export type PlannedRequest = Partial<Omit<LoadRequest, 'modelId' | 'path'>>

/** One load of a model in the worker. */
export class ModelLoad {
  readonly #client: Client
  readonly #threads: EngineThreads
  readonly #outcomes: SpeculationOutcomes
  readonly #abort = new AbortController()

  constructor(client: Client, { threads, outcomes }: { threads: EngineThreads; outcomes: SpeculationOutcomes }) {
    this.#client = client
    this.#threads = threads
    this.#outcomes = outcomes
  }

  cancel(): void {
    this.#abort.abort()
  }

  async run(model: Model, settings: EngineSettings, planned: PlannedRequest, onProgress: (ratio: number) => void): Promise<LoadedModel> {
    const { 'model.contextTokens': contextTokens, 'model.threads': wanted, 'model.device': device } = settings
    const threads = planned.threads ?? (wanted === 0 ? null : wanted)
    const request = {
      modelId: model.id,
      path: model.path,
      contextTokens: contextTokens === 0 ? null : contextTokens,
      device,
      use: model.use,
      ...planned,
      ...this.#measured(model, planned),
      threads: threads ?? this.#threads.recall(model),
    }
    for await (const event of await this.#client.load(request, { signal: this.#abort.signal })) {
      if (event.type === 'load-progress') {
        onProgress(Math.min(1, event.ratio))
        continue
      }
      if (threads === null) this.#threads.keep(model, event.model.threads, event.model.measuredThreads)
      return event.model
    }
    throw new AppError('MODEL_LOAD_FAILED', { id: model.id, reason: 'The worker ended the load without a word.' })
  }

  /** What was measured is not measured again, and a draft model that does not help is not loaded. */
  #measured(model: Model, planned: PlannedRequest): PlannedRequest {
    const winner = planned.speculation === 'auto' ? this.#outcomes.recall(model, planned)?.winner : undefined
    return winner === undefined ? {} : { speculation: winner, ...(winner !== 'draft' && { draftPath: null }) }
  }
}
