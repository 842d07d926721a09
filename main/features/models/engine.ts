import type { Model, ModelRole, SamplingPreset } from '#shared/contract/models.ts'
import type { Destination } from '#shared/sensitivity.ts'
import type { ChatTurn, Embedding, FillRequest, FillResult, GenerateEvent, GenerateRequest, Tool } from '../../../native/inference/contract.ts'

export { modelRoles, type ModelRole } from '#shared/contract/models.ts'

/** What an answer is for, beside what the model reads. */
export interface AnswerUse {
  /** What it takes of the context is told as that of the conversation; measurements, single questions and other programs have no conversation. */
  isConversation?: boolean
}

/** The model that answers now. */
export interface EngineModel {
  id: string
  name: string
  contextTokens: number
  canChat: boolean
  canFill: boolean
  canEmbed: boolean
  canRerank: boolean
  /** Where a prompt goes: to a process on this machine, or away from it. */
  destination: Destination
  /** Sampling that a person chose for this model; absent: none. A caller's own words come first. */
  preset?: SamplingPreset
}

/**
 * The loaded model, as chat and completion see it. Every call waits for a model that is loading or restarting, and loads the chosen one
 * when none is loaded. Each may throw MODEL_NOT_LOADED (no model could be loaded; `models.watch` says why), WORKER_CRASHED (the process
 * died during this call), MODEL_CARD_FAILED (so it did, or could not go on, while it used a graphics card), MODEL_COMPUTE_FAILED (llama.cpp could not go on) and
 * WORKER_UNAVAILABLE (it died too often). An aborted call throws the signal's reason.
 */
export interface Engine {
  ready(signal?: AbortSignal): Promise<EngineModel>
  /** Token count of each text alone, without special tokens. */
  countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]>
  /** Token count of the turns as the model's chat template renders them, the opening of the answer included. Throws MODEL_CANNOT_CHAT. */
  countChatTokens(turns: readonly ChatTurn[], signal?: AbortSignal, tools?: readonly Tool[]): Promise<number>
  /** Streams an answer to the last turn; leaving the loop or aborting frees the model. Throws MODEL_CANNOT_CHAT, CONTEXT_OVERFLOW. */
  generate(request: GenerateRequest, signal?: AbortSignal, use?: AnswerUse): AsyncIterable<GenerateEvent>
  /** Fills in between prefix and suffix without waiting for a running answer. Throws MODEL_CANNOT_FILL. */
  complete(request: FillRequest, signal?: AbortSignal): Promise<FillResult>
  /** One vector of length 1 for each text. Throws MODEL_CANNOT_EMBED, CONTEXT_OVERFLOW. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Embedding[]>
  /** How well each document answers the query, 0 to 1. Throws MODEL_CANNOT_RERANK, CONTEXT_OVERFLOW. */
  rerank(query: string, documents: readonly string[], signal?: AbortSignal): Promise<{ scores: number[]; tokens: number }>
}

/** All models that can answer, each in a process of its own. */
export interface Engines {
  /** The model that has the role now, named as far as it is known; calls load it where it is not loaded. Without one, calls throw MODEL_NOT_LOADED. */
  forRole(role: ModelRole): Engine & { readonly modelId: string | null }
  /** That model, loaded or not; null where the role was given to none, which only those without another to fall back on are. Loads nothing. Throws MODEL_NOT_LOADED where its file cannot be read. */
  modelFor(role: ModelRole): Promise<Model | null>
  /** One model by its id, loaded beside the others where memory allows. Throws MODEL_NOT_FOUND; calls may throw MODEL_DOES_NOT_FIT. */
  forModel(id: string): Promise<Engine>
}
