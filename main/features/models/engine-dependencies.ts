import type { ContractRouterClient } from '@orpc/contract'
import type { Model, SamplingPreset } from '#shared/contract/models.ts'
import type { AppError } from '#shared/errors.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import type { inference, LoadedModel } from '../../../native/inference/contract.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Enforced } from '../../platform/workers/confinement.ts'
import type { WorkerCrash, WorkerState } from '../../platform/workers/supervised-worker.ts'
import type { SpeculationOutcomes } from './engine-speculation.ts'
import type { EngineThreads } from './engine-threads.ts'
import type { PlannedRequest } from './model-load.ts'

export type EngineSettings = Pick<Settings, 'model.contextTokens' | 'model.threads' | 'model.device'>

/** Decides how the model is loaded. */
export interface Planning {
  /** Throws MODEL_DOES_NOT_FIT, and what is wrong with the file. */
  plan(model: Model): Promise<PlannedRequest>
  /** The last plan failed: true where there is another one to try. */
  replan(error: AppError): boolean
}

/** What an engine is made of. */
export interface EngineDependencies {
  worker: {
    client: ContractRouterClient<typeof inference>
    readonly state: WorkerState
    onCrash(listener: (crash: WorkerCrash) => void): () => void
    onRestart(listener: () => void): () => void
    restart(): Promise<void>
    stop(): Promise<void>
    process(): Promise<{ enforced: Enforced } | null>
  }
  settings: () => Promise<EngineSettings>
  /** Names the process in errors. */
  name?: string
  planning?: Planning
  preset?: () => SamplingPreset | null
  /** Told how fast it writes, where that says something. */
  onSpeed?: (tokensPerSecond: number, facts: LoadedModel) => void
  /** The model to load when somebody asks and none is loaded. */
  chooseModel: () => Promise<Model>
  threads: EngineThreads
  outcomes: SpeculationOutcomes
  audit: Audit
  log: Log
  clock?: Clock
  /** Somebody asks. */
  onBegin?: () => void
}
