import type { ModelRole } from './contract/models.ts'
import type { ServerScope } from './contract/model-server.ts'

/** A program whose token is known. */
export interface Caller {
  readonly id: string
  readonly name: string
}

/** What a program asks of a model, but for the answer. */
export interface CallFacts {
  caller: Caller
  /** The path that was called. */
  endpoint: string
  scope: ServerScope
  /** The role whose model is meant by the name `default`. */
  role: ModelRole
  model: string
  /** All that the model is to read; it is hashed for the audit log and kept nowhere. */
  prompt: string
  /** False: what takes no time at the model need not wait for its turn. */
  isQueued?: boolean
}

/** What the server says of a model, under the name by which clients ask for it. */
export interface ServedModel {
  /** Such as `smollm2-135m-instruct`. */
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
  /** When its file was written, where that is known. */
  modifiedAt: Date | null
  isLoaded: boolean
}
