import type { ServerScope } from '#shared/contract/model-server.ts'
import type { ChatTurn, Embedding, FillRequest, FillResult, GenerateEvent, GenerateRequest, Tool } from '../../../native/inference/contract.ts'

/** A program whose token is known. */
export interface Caller {
  readonly id: string
  readonly name: string
}

export interface ApiModel {
  /** By which clients ask for it. */
  name: string
  id: string
  title: string
  sizeBytes: number
  architecture: string
  parameters: number
  quantization: string
  contextLength: number
  canChat: boolean
  canFill: boolean
  canEmbed: boolean
  canRerank: boolean
  modifiedAt: Date | null
  isLoaded: boolean
}

export interface ApiCall {
  caller: Caller
  endpoint: string
  scope: ServerScope
  /** The role whose model is meant by the name `default`. */
  role: 'chat' | 'completion' | 'embedding' | 'rerank'
  model: string
  /** All that the model is to read: hashed, kept nowhere. */
  prompt: string
  isQueued?: boolean
  signal: AbortSignal
}

/** A call's turn at a model. */
export interface ApiTurn {
  /** That answers carry. */
  readonly name: string
  readonly contextTokens: number
  readonly temperature: number
  readonly signal: AbortSignal
  countChatTokens(turns: readonly ChatTurn[], tools: readonly Tool[]): Promise<number>
  generate(request: GenerateRequest): AsyncIterable<GenerateEvent>
  complete(request: FillRequest): Promise<FillResult>
  embed(texts: readonly string[]): Promise<Embedding[]>
  rerank(query: string, documents: readonly string[]): Promise<{ scores: number[]; tokens: number }>
}

/** The model server as this transport sees it: hosts know no feature. Calls throw AppErrors. */
export interface ModelServer {
  readonly isOn: boolean
  readonly isLocked: boolean
  listensOn(port: number | null): void
  identify(token: string | undefined, endpoint: string): Caller | null
  list(caller: Caller, endpoint: string): Promise<ApiModel[]>
  describe(caller: Caller, endpoint: string, model: string): Promise<ApiModel>
  serve<T>(call: ApiCall, work: (turn: ApiTurn) => Promise<T>): Promise<T>
}
