import type { SamplingPreset } from '#shared/contract/models.ts'
import type { Destination } from '#shared/sensitivity.ts'
import type { ChatTurn, Tool, GenerateEvent, GenerateRequest } from '../../../native/inference/contract.ts'
import type { TokenCounter } from './assemble-prompt.ts'

export interface ChatModel {
  name: string
  contextTokens: number
  destination: Destination
  /** Sampling that the person chose for this model. */
  preset?: SamplingPreset
}

/** What chat needs of the loaded model; see the engine of the models feature for the errors of each call. */
export interface ChatEngine extends TokenCounter {
  ready(signal?: AbortSignal): Promise<ChatModel>
  countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]>
  countChatTokens(turns: readonly ChatTurn[], signal?: AbortSignal, tools?: readonly Tool[]): Promise<number>
  generate(request: GenerateRequest, signal?: AbortSignal, use?: { isConversation: boolean }): AsyncIterable<GenerateEvent>
}
