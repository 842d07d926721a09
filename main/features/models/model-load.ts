import type { ContractRouterClient } from '@orpc/contract'
import type { Model } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { inference, LoadedModel } from '../../../native/inference/contract.ts'
import type { EngineSettings } from './engine-service.ts'
import type { EngineThreads } from './engine-threads.ts'

/** One load of a model in the worker. */
export class ModelLoad {
  readonly #client: ContractRouterClient<typeof inference>
  readonly #threads: EngineThreads
  readonly #abort = new AbortController()

  constructor(client: ContractRouterClient<typeof inference>, threads: EngineThreads) {
    this.#client = client
    this.#threads = threads
  }

  cancel(): void {
    this.#abort.abort()
  }

  async run(model: Model, settings: EngineSettings, onProgress: (ratio: number) => void): Promise<LoadedModel> {
    const { 'model.contextTokens': contextTokens, 'model.threads': threads, 'model.device': device } = settings
    const request = {
      modelId: model.id,
      path: model.path,
      contextTokens: contextTokens === 0 ? null : contextTokens,
      device,
      threads: threads === 0 ? this.#threads.recall(model) : threads,
    }
    for await (const event of await this.#client.load(request, { signal: this.#abort.signal })) {
      if (event.type === 'load-progress') {
        onProgress(Math.min(1, event.ratio))
        continue
      }
      if (threads === 0) this.#threads.keep(model, event.model.threads, event.model.measuredThreads)
      return event.model
    }
    throw new AppError('MODEL_LOAD_FAILED', { id: model.id, reason: 'The worker ended the load without a word.' })
  }
}
