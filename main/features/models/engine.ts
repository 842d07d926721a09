import type { Destination } from '#shared/sensitivity.ts'
import type { ChatTurn, FillRequest, FillResult, GenerateEvent, GenerateRequest } from '../../../native/inference/contract.ts'

/** The model that answers now. */
export interface EngineModel {
  id: string
  name: string
  contextTokens: number
  canChat: boolean
  canFill: boolean
  /** Where a prompt goes: to a process on this machine, or away from it. */
  destination: Destination
}

/**
 * The loaded model, as chat and completion see it. Every call waits for a model that is loading or restarting, and loads the chosen one
 * when none is loaded. Each may throw MODEL_NOT_LOADED (no model could be loaded; `models.watch` says why), WORKER_CRASHED (the process
 * died during this call) and WORKER_UNAVAILABLE (it died too often). An aborted call throws the signal's reason.
 */
export interface Engine {
  ready(signal?: AbortSignal): Promise<EngineModel>
  /** Token count of each text alone, without special tokens. */
  countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]>
  /** Token count of the turns as the model's chat template renders them, the opening of the answer included. Throws MODEL_CANNOT_CHAT. */
  countChatTokens(turns: readonly ChatTurn[], signal?: AbortSignal): Promise<number>
  /** Streams an answer to the last turn; leaving the loop or aborting frees the model. Throws MODEL_CANNOT_CHAT, CONTEXT_OVERFLOW. */
  generate(request: GenerateRequest, signal?: AbortSignal): AsyncIterable<GenerateEvent>
  /** Fills in between prefix and suffix without waiting for a running answer. Throws MODEL_CANNOT_FILL. */
  complete(request: FillRequest, signal?: AbortSignal): Promise<FillResult>
}
