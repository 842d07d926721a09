import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '#shared/errors.ts'

export const LoadedModel = z.object({
  contextTokens: z.number().int(),
  threads: z.number().int(),
  device: z.string(),
  gpuLayers: z.number().int(),
  canChat: z.boolean(),
  canFill: z.boolean(),
  /** Tokens/s of a short generation, by thread count; empty when the count came from an earlier measurement. */
  measuredThreads: z.record(z.string(), z.number()),
})
export type LoadedModel = z.infer<typeof LoadedModel>

export const LoadRequest = z.object({
  /** Names the model in errors. */
  modelId: z.string(),
  path: z.string(),
  /** Null: as many as the model was trained for and memory holds, at most 8,192. */
  contextTokens: z.number().int().nullable(),
  device: z.enum(['auto', 'cpu']),
  /** Null: measure 1, half, cores − 1 and all cores, and keep the fastest. */
  threads: z.number().int().min(1).nullable(),
})
export type LoadRequest = z.infer<typeof LoadRequest>

export const LoadEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('load-progress'), ratio: z.number() }),
  z.object({ type: z.literal('load-end'), model: LoadedModel }),
])
export type LoadEvent = z.infer<typeof LoadEvent>

export const ChatTurn = z.object({ role: z.enum(['system', 'user', 'assistant']), text: z.string() })
export type ChatTurn = z.infer<typeof ChatTurn>

const outcome = {
  promptTokens: z.number().int(),
  /** Prompt tokens whose state was still in memory. */
  reusedTokens: z.number().int(),
  tokens: z.number().int(),
  tokensPerSecond: z.number(),
  firstTokenMilliseconds: z.number(),
  milliseconds: z.number(),
}

export const GenerateEvent = z.discriminatedUnion('type', [
  /** Text of one or more tokens, gathered over at most 16 ms; `tokens` counts all so far. */
  z.object({ type: z.literal('text-delta'), text: z.string(), tokens: z.number().int() }),
  z.object({ type: z.literal('generate-end'), stopReason: z.enum(['end-of-text', 'max-tokens']), ...outcome }),
])
export type GenerateEvent = z.infer<typeof GenerateEvent>

export const GenerateRequest = z.object({
  turns: z.array(ChatTurn).min(1),
  /** The answer ends here at the latest; less where the context ends first. */
  maxTokens: z.number().int().min(1),
  /** 0 always takes the likeliest token. */
  temperature: z.number(),
  seed: z.number().int().nullable(),
  /** Go on after the end-of-text token, for measuring speed. */
  ignoreEndOfText: z.boolean(),
})
export type GenerateRequest = z.infer<typeof GenerateRequest>

export const FillRequest = z.object({ prefix: z.string(), suffix: z.string(), scope: z.enum(['line', 'block']), maxTokens: z.number().int().min(1) })
export type FillRequest = z.infer<typeof FillRequest>

export const FillResult = z.object({
  text: z.string(),
  tokens: z.number().int(),
  promptTokens: z.number().int(),
  milliseconds: z.number(),
  stopReason: z.enum(['end-of-text', 'end-of-scope', 'max-tokens']),
})
export type FillResult = z.infer<typeof FillResult>

/** One llama.cpp instance with one model: load once, then chat and fill on sequences of their own. */
export const inference = {
  load: oc
    .input(LoadRequest)
    .output(eventIterator(LoadEvent))
    .errors(may('MODEL_FILE_INVALID', 'MODEL_UNSUPPORTED', 'MODEL_OUT_OF_MEMORY', 'MODEL_LOAD_FAILED')),
  /** Token counts of each text alone, without special tokens. */
  countTokens: oc.input(z.object({ texts: z.array(z.string()) })).output(z.array(z.number().int())).errors(may('MODEL_NOT_LOADED')),
  /** Token count of turns as the chat template renders them, the opening of the answer included. */
  countChatTokens: oc.input(z.object({ turns: z.array(ChatTurn) })).output(z.number().int()).errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_CHAT')),
  generate: oc
    .input(GenerateRequest)
    .output(eventIterator(GenerateEvent))
    .errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_CHAT', 'CONTEXT_OVERFLOW')),
  complete: oc
    .input(FillRequest)
    .output(FillResult)
    .errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_FILL')),
  unload: oc.output(z.void()),
}
