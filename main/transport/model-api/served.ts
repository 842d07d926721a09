import type { Caller, CallFacts, ServedModel } from '#shared/served-model.ts'
import type { ChatTurn, Embedding, FillRequest, FillResult, GenerateEvent, GenerateRequest, Sampling, Tool } from '../../../native/inference/contract.ts'

/** A call's turn at a model. */
export interface ApiTurn {
  /** That answers carry. */
  readonly name: string
  readonly contextTokens: number
  /** These two hold where a request says nothing. */
  readonly temperature: number
  readonly sampling: Sampling
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
  list(caller: Caller, endpoint: string): Promise<ServedModel[]>
  describe(caller: Caller, endpoint: string, model: string): Promise<ServedModel>
  serve<T>(call: CallFacts & { signal: AbortSignal }, work: (turn: ApiTurn) => Promise<T>): Promise<T>
}
