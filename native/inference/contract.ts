import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '#shared/errors.ts'
import { Sampling } from '#shared/sampling.ts'
import { SpeculationWay } from '#shared/speculation.ts'

export const LoadedModel = z.object({
  contextTokens: z.number().int(),
  threads: z.number().int(),
  device: z.string(),
  gpuLayers: z.number().int(),
  canChat: z.boolean(),
  canFill: z.boolean(),
  /** `tokens`: the model has fill-in tokens. `emulated`: it is asked in words, as a chat-only model is. Null where `canFill` is false. */
  fillMode: z.enum(['tokens', 'emulated']).nullable(),
  canEmbed: z.boolean(),
  canRerank: z.boolean(),
  /** Length of its vectors; null where it makes none. */
  dimensions: z.number().int().nullable(),
  /** Answers that can be written at the same time. */
  sequences: z.number().int(),
  /** How tokens are guessed ahead. */
  speculation: SpeculationWay.optional(),
  /** True where `auto` was asked for and there is something to measure. */
  canMeasureSpeculation: z.boolean().optional(),
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
  /** What it is loaded for; a model for vectors or ranking has no chat and no completion. */
  use: z.enum(['generate', 'embed', 'rerank']).default('generate'),
  /** Layers on the graphics card; null: as many as its free memory holds. */
  gpuLayers: z.number().int().min(0).nullable().default(null),
  /** Most tokens of one decode; null: 512. */
  batchTokens: z.number().int().min(32).max(4096).nullable().default(null),
  /** Element type of the key-value cache. */
  kvCacheType: z.enum(['f16', 'q8_0', 'q4_0']).default('f16'),
  /** Answers that can be written at the same time; each has `contextTokens` of its own. */
  sequences: z.number().int().min(1).max(64).default(1),
  /** A Jinja template in place of the file's own. */
  chatTemplate: z.string().max(200_000).nullable().default(null),
  /** Where the order of fill-in parts is known better than by the file. */
  fillOrder: z.enum(['auto', 'prefix-first', 'suffix-first']).default('auto'),
  loras: z.array(z.object({ path: z.string(), scale: z.number() })).max(16).default([]),
  /** A small model of the same vocabulary that drafts tokens for this one. */
  draftPath: z.string().nullable().default(null),
  /** `auto`: none until `measureSpeculation` says what is faster on this machine. */
  speculation: z.enum(['off', 'lookup', 'draft', 'auto']).default('off'),
})
export type LoadRequest = z.infer<typeof LoadRequest>

export const LoadEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('load-progress'), ratio: z.number() }),
  z.object({ type: z.literal('load-end'), model: LoadedModel }),
])
export type LoadEvent = z.infer<typeof LoadEvent>

/** `parameters` as JSON text of an object. */
export const ToolCall = z.object({ id: z.string(), name: z.string(), parameters: z.string() })
export type ToolCall = z.infer<typeof ToolCall>

export const ChatTurn = z.object({
  /** `tool`: what a tool call of the turn before gave back. */
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  text: z.string(),
  /** Of an assistant's turn: the calls it ended with. */
  toolCalls: z.array(ToolCall).optional(),
  /** Of a tool's turn: which call it answers. */
  toolCallId: z.string().optional(),
})
export type ChatTurn = z.infer<typeof ChatTurn>

export const Tool = z.object({
  name: z.string().min(1).max(128),
  description: z.string().optional(),
  /** JSON Schema of an object; absent: the tool takes nothing. */
  parameters: z.record(z.string(), z.unknown()).optional(),
})
export type Tool = z.infer<typeof Tool>

export { Sampling }

export const ResponseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  /** Any JSON value. */
  z.object({ type: z.literal('json') }),
  z.object({ type: z.literal('json-schema'), schema: z.record(z.string(), z.unknown()) }),
])
export type ResponseFormat = z.infer<typeof ResponseFormat>

/** A token that was chosen, with the natural logarithm of its probability before temperature and sampling, and the likeliest at its place. */
export const TokenLogprob = z.object({
  text: z.string(),
  logprob: z.number(),
  top: z.array(z.object({ text: z.string(), logprob: z.number() })),
})
export type TokenLogprob = z.infer<typeof TokenLogprob>

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
  z.object({ type: z.literal('text-delta'), text: z.string(), tokens: z.number().int(), logprobs: z.array(TokenLogprob).optional() }),
  /** What a reasoning model writes for itself before its answer. */
  z.object({ type: z.literal('reasoning-delta'), text: z.string(), tokens: z.number().int() }),
  /** A whole call; its parameters follow the tool's schema. */
  z.object({ type: z.literal('tool-call'), call: ToolCall, tokens: z.number().int() }),
  z.object({
    type: z.literal('generate-end'),
    stopReason: z.enum(['end-of-text', 'max-tokens', 'stop-text', 'tool-calls']),
    /** The text of the request's `stop` that ended it. */
    stopText: z.string().nullable().optional(),
    /** Tokens that speculation guessed, and how many of them were right. */
    drafted: z.object({ tokens: z.number().int(), accepted: z.number().int() }).optional(),
    ...outcome,
  }),
])
export type GenerateEvent = z.infer<typeof GenerateEvent>

/** How far the prompt is read, at most four times a second and once when it is: tokens that were not in memory, and how long they took so far. */
export const PromptRead = z.object({ type: z.literal('prompt-read'), readTokens: z.number().int(), milliseconds: z.number() })
export type PromptRead = z.infer<typeof PromptRead>
export const GenerateStep = z.union([GenerateEvent, PromptRead])
export type GenerateStep = z.infer<typeof GenerateStep>

export const GenerateRequest = z.object({
  /** Empty where `text` is given. */
  turns: z.array(ChatTurn),
  /** A prompt without a chat template, continued as it stands. */
  text: z.string().nullable().optional(),
  /** The answer ends here at the latest; less where the context ends first. */
  maxTokens: z.number().int().min(1),
  /** 0 always takes the likeliest token. */
  temperature: z.number(),
  seed: z.number().int().nullable(),
  /** Go on after the end-of-text token, for measuring speed. */
  ignoreEndOfText: z.boolean(),
  sampling: Sampling.optional(),
  /** Ends the answer before the first of these. */
  stop: z.array(z.string().min(1).max(500)).max(16).optional(),
  format: ResponseFormat.optional(),
  tools: z.array(Tool).max(256).optional(),
  /** `required`: at least one call. `{ name }`: that tool. Absent: `auto`. */
  toolChoice: z.union([z.enum(['auto', 'none', 'required']), z.object({ name: z.string() })]).optional(),
  /** The answer ends behind so many calls at the latest. */
  mostCalls: z.number().int().min(1).optional(),
  /** The likeliest tokens to tell at each place, 0 to 20; absent: no logprobs. */
  logprobs: z.number().int().min(0).max(20).optional(),
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
  /** Null where too few tokens were written or read to tell. */
  speed: z.object({ tokensPerSecond: z.number().nullable(), prefillTokensPerSecond: z.number().nullable() }).optional(),
})
export type FillResult = z.infer<typeof FillResult>

export const Embedding = z.object({
  /** Of length 1. */
  vector: z.array(z.number()),
  tokens: z.number().int(),
})
export type Embedding = z.infer<typeof Embedding>

/** Tokens/s of each way to write an edit that copies most of a file, the better of two rounds. */
export const MeasuredSpeculation = z.object({
  winner: SpeculationWay,
  speeds: z.object({ off: z.number(), lookup: z.number().optional(), draft: z.number().optional() }),
})
export type MeasuredSpeculation = z.infer<typeof MeasuredSpeculation>

/** State of a prompt in a file that the worker may write or read, on a file system in memory. */
const StateFile = z.object({ path: z.string() })

/** One llama.cpp instance with one model: load once, then chat and fill on sequences of their own. */
export const inference = {
  load: oc
    .input(LoadRequest)
    .output(eventIterator(LoadEvent))
    .errors(may('MODEL_FILE_INVALID', 'MODEL_UNSUPPORTED', 'MODEL_OUT_OF_MEMORY', 'MODEL_LOAD_FAILED', 'MODEL_OPTION_INVALID')),
  /** Token counts of each text alone, without special tokens. */
  countTokens: oc.input(z.object({ texts: z.array(z.string()) })).output(z.array(z.number().int())).errors(may('MODEL_NOT_LOADED')),
  /** Token count of turns as the chat template renders them, the opening of the answer included. */
  countChatTokens: oc.input(z.object({ turns: z.array(ChatTurn), tools: z.array(Tool).optional() })).output(z.number().int()).errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_CHAT')),
  generate: oc
    .input(GenerateRequest)
    .output(eventIterator(GenerateStep))
    .errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_CHAT', 'CONTEXT_OVERFLOW', 'SCHEMA_UNSUPPORTED')),
  complete: oc
    .input(FillRequest)
    .output(FillResult)
    .errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_FILL')),
  /** One vector for each text, in order. A text of more tokens than the model reads is an error, never cut. */
  embed: oc
    .input(z.object({ texts: z.array(z.string()).min(1).max(4096) }))
    .output(z.array(Embedding))
    .errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_EMBED', 'CONTEXT_OVERFLOW')),
  /** How well each document answers the query, 0 to 1, in the order given. */
  rerank: oc
    .input(z.object({ query: z.string(), documents: z.array(z.string()).min(1).max(4096) }))
    .output(z.object({ scores: z.array(z.number()), tokens: z.number().int() }))
    .errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_RERANK', 'CONTEXT_OVERFLOW')),
  /** Reads what every prompt with these turns begins with, where no free sequence holds it and none would lose more by it; the last turn's text is no part of it. Gives back how many tokens were read. */
  warmUp: oc
    .input(z.object({ turns: z.array(ChatTurn).min(1) }))
    .output(z.object({ readTokens: z.number().int() }))
    .errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_CHAT')),
  /** Measures in a context of its own, so that the sequences keep what they hold, and lets the model guess from then on as is faster. Null where nothing was asked to be measured, there is no room to, or it takes too long. */
  measureSpeculation: oc.output(MeasuredSpeculation.nullable()).errors(may('MODEL_NOT_LOADED')),
  /** Writes the state of the sequence that holds the most of this prompt. Gives back how many of the prompt's tokens it holds; 0: nothing was written. */
  saveState: oc
    .input(StateFile.extend({ turns: z.array(ChatTurn).min(1) }))
    .output(z.object({ tokens: z.number().int() }))
    .errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_CHAT')),
  /** Takes a state into a sequence that nobody uses. Gives back how many tokens at the start of the prompt it spares; a state that is not of this prompt, this model and this plan spares 0. */
  restoreState: oc
    .input(StateFile.extend({ turns: z.array(ChatTurn).min(1) }))
    .output(z.object({ tokens: z.number().int() }))
    .errors(may('MODEL_NOT_LOADED', 'MODEL_CANNOT_CHAT')),
  unload: oc.output(z.void()),
}
