import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { errorCatalog, may, type ErrorCode } from '../errors.ts'
import { KvCacheType, LoadPlan } from '../load-plan.ts'
import { Sampling } from '../sampling.ts'
import { Speculation } from '../speculation.ts'

export const modelRoles = ['chat', 'completion', 'embedding', 'rerank'] as const
export const ModelRole = z.enum(modelRoles)
/** What a model is used for; one model may have several roles, and a role has at most one model. */
export type ModelRole = z.infer<typeof ModelRole>

export const Model = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  architecture: z.string(),
  /** Count of weights, from the tensors in the header. */
  parameters: z.number(),
  quantization: z.string(),
  /** Tokens the model was trained for. */
  contextLength: z.number(),
  canChat: z.boolean(),
  canFill: z.boolean(),
  canEmbed: z.boolean().default(false),
  canRerank: z.boolean().default(false),
  /** What it is loaded for: a model for vectors or ranking has no chat and no completion. */
  use: z.enum(['generate', 'embed', 'rerank']).default('generate'),
  /** Where its file comes from: with Cortex, added by its path, downloaded, or found in another program's store. */
  source: z.enum(['bundled', 'added', 'downloaded', 'ollama', 'lm-studio', 'hugging-face']).default('added'),
  /** The small model that ships with Cortex. */
  isStarter: z.boolean(),
})
export type Model = z.infer<typeof Model>

/** The model of each role. Null for `chat`: the starter. Null for `completion`: the model of `chat`. */
export const ModelRoles = z.object({ chat: z.string().nullable(), completion: z.string().nullable(), embedding: z.string().nullable(), rerank: z.string().nullable() })
export type ModelRoles = z.infer<typeof ModelRoles>

const Lora = z.object({ path: z.string().min(1).max(4096), scale: z.number().min(-10).max(10).default(1) })

/** How one model is loaded; null leaves the choice to the plan or the settings. */
export const ModelOptions = z.object({
  contextTokens: z.number().int().min(1).max(100_000_000).nullable(),
  kvCacheType: KvCacheType.nullable(),
  sequences: z.number().int().min(1).max(64).nullable(),
  batchTokens: z.number().int().min(32).max(4096).nullable(),
  gpuLayers: z.number().int().min(0).max(10_000).nullable(),
  threads: z.number().int().min(1).max(1024).nullable(),
  /** A Jinja template in place of the file's own. */
  chatTemplate: z.string().max(200_000).nullable(),
  fillOrder: z.enum(['auto', 'prefix-first', 'suffix-first']),
  loras: z.array(Lora).max(16),
  /** Id of a small model of the same vocabulary that drafts for this one. */
  draft: z.string().nullable(),
  speculation: z.enum(['off', 'lookup', 'draft', 'auto']),
  /** Id of the sampling preset that its answers begin with. */
  preset: z.string().nullable(),
})
export type ModelOptions = z.infer<typeof ModelOptions>
export const ModelOptionsChange = ModelOptions.partial()
export type ModelOptionsChange = z.infer<typeof ModelOptionsChange>

export const SamplingPreset = z.object({
  id: z.string().min(1).max(64),
  name: z.string().trim().min(1).max(80),
  /** Those that come with Cortex cannot be changed. */
  isBuiltIn: z.boolean(),
  temperature: z.number().min(0).max(2),
  sampling: Sampling,
})
export type SamplingPreset = z.infer<typeof SamplingPreset>

const errorCodes = Object.keys(errorCatalog) as [ErrorCode, ...ErrorCode[]]
const Fault = z.object({ code: z.enum(errorCodes), data: z.unknown() })

export const EngineState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('empty') }),
  z.object({ status: z.literal('loading'), modelId: z.string(), ratio: z.number().min(0).max(1) }),
  z.object({
    status: z.literal('ready'),
    modelId: z.string(),
    contextTokens: z.number(),
    threads: z.number(),
    /** `cpu`, `cuda`, `vulkan` or `metal`. */
    device: z.string(),
    gpuLayers: z.number(),
    canChat: z.boolean(),
    canFill: z.boolean(),
  }),
  z.object({ status: z.literal('restarting'), modelId: z.string(), reason: z.string() }),
  z.object({ status: z.literal('failed'), modelId: z.string(), error: Fault }),
])
export type EngineState = z.infer<typeof EngineState>

/** What the model of the chat role is doing now, for the status bar. */
export const EngineActivity = z.object({
  task: z.enum(['idle', 'chat', 'completion']),
  tokensPerSecond: z.number().nullable(),
  /** By the conversation that was answered last; null where none was. */
  contextUsedTokens: z.number().nullable(),
})
export type EngineActivity = z.infer<typeof EngineActivity>

export const ResidentActivity = z.object({
  task: z.enum(['idle', 'chat', 'completion', 'embedding', 'rerank']),
  /** Of the newest answer or completion. */
  tokensPerSecond: z.number().nullable(),
  /** Tokens of a prompt or a text that were read in a second, without those whose state was still in memory. */
  prefillTokensPerSecond: z.number().nullable(),
  /** Texts that a model for vectors or ranking read in a second; absent for one that writes. */
  textsPerSecond: z.number().nullable().optional(),
  /** By the conversation that was answered last; null where none was. */
  contextUsedTokens: z.number().nullable(),
  /** Calls that wait for their turn at the model, those of other programs too. */
  queued: z.number().int(),
})
export type ResidentActivity = z.infer<typeof ResidentActivity>

/** What the process says of the model that it loaded. */
export const ResidentFacts = z.object({
  contextTokens: z.number().int(),
  threads: z.number().int(),
  device: z.string(),
  gpuLayers: z.number().int(),
  sequences: z.number().int(),
  canChat: z.boolean(),
  canFill: z.boolean(),
  fillMode: z.enum(['tokens', 'emulated']).nullable(),
  canEmbed: z.boolean(),
  canRerank: z.boolean(),
  dimensions: z.number().int().nullable(),
})
export type ResidentFacts = z.infer<typeof ResidentFacts>

/** A model that has a process of its own, or is to have one. */
export const Resident = z.object({
  modelId: z.string(),
  /** Name of its process, such as `inference-2`. */
  process: z.string(),
  status: z.enum(['loading', 'ready', 'restarting', 'failed']),
  /** Of the load. */
  ratio: z.number().min(0).max(1),
  plan: LoadPlan.nullable(),
  facts: ResidentFacts.nullable(),
  isPinned: z.boolean(),
  /** Main memory of its process as the system counts it, where it does; else what the plan says. */
  memoryBytes: z.number(),
  lastUsedAt: z.date().nullable(),
  activity: ResidentActivity,
  /** How it guesses ahead; absent for a model that writes nothing, and while it is not ready. */
  speculation: Speculation.optional(),
  /** In whole sentences: what a person should know, as that it was started again with a smaller plan. */
  reason: z.string().nullable(),
  /** Why it failed, if it did. */
  error: Fault.nullable(),
})
export type Resident = z.infer<typeof Resident>

export const MemoryBudget = z.object({
  totalBytes: z.number(),
  /** What the machine has free now. */
  freeBytes: z.number(),
  /** What all models together may take, by the setting `model.memoryBudget`. */
  budgetBytes: z.number(),
  usedBytes: z.number(),
  models: z.array(z.object({ modelId: z.string(), bytes: z.number() })),
  /** The graphics card that is used; null where there is none. */
  gpu: z.object({ name: z.string(), totalBytes: z.number(), freeBytes: z.number() }).nullable(),
})
export type MemoryBudget = z.infer<typeof MemoryBudget>

const Residency = { residents: z.array(Resident), roles: ModelRoles, budget: MemoryBudget }

export const ModelsEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), models: z.array(Model), engine: EngineState, activity: EngineActivity, ...Residency }),
  z.object({ type: z.literal('engine-changed'), engine: EngineState }),
  z.object({ type: z.literal('activity-changed'), activity: EngineActivity }),
  /** At most four times a second. */
  z.object({ type: z.literal('residency-changed'), ...Residency }),
  /** Presets, how models are loaded and what their answers begin with, or what was measured of them: whoever shows them reads them again. */
  z.object({ type: z.literal('options-changed') }),
])
export type ModelsEvent = z.infer<typeof ModelsEvent>

/** Medians over the rounds. */
export const BenchmarkFigures = z.object({
  /** Reads a prompt that is not in memory; null for a model that writes no text. */
  prefillTokensPerSecond: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  firstTokenMilliseconds: z.number().nullable(),
  /** Of a model for vectors. */
  embeddingTokensPerSecond: z.number().nullable(),
  promptTokens: z.number().int(),
  tokens: z.number().int(),
  rounds: z.number().int(),
  threads: z.number().int(),
  device: z.string(),
})
export type BenchmarkFigures = z.infer<typeof BenchmarkFigures>

/** What a model reached on this machine, when, and how it was loaded then. */
export const Benchmark = BenchmarkFigures.extend({
  modelId: z.string(),
  measuredAt: z.date(),
  contextTokens: z.number().int(),
  sequences: z.number().int(),
  gpuLayers: z.number().int(),
  /** Null where its plan is not known any more, as the next. */
  kvCacheType: KvCacheType.nullable(),
  batchTokens: z.number().int().nullable(),
})
export type Benchmark = z.infer<typeof Benchmark>

export const BenchmarkEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('benchmark-progress'), done: z.number().int(), total: z.number().int() }),
  Benchmark.extend({ type: z.literal('benchmark-end') }),
])
export type BenchmarkEvent = z.infer<typeof BenchmarkEvent>

const loadErrors = may(
  'MODEL_NOT_FOUND', 'MODEL_FILE_INVALID', 'MODEL_UNSUPPORTED', 'MODEL_DOES_NOT_FIT', 'MODEL_OUT_OF_MEMORY', 'MODEL_LOAD_FAILED', 'MODEL_OPTION_INVALID',
  'FILE_NOT_FOUND', 'FILE_UNREADABLE', 'WORKER_CRASHED', 'WORKER_UNAVAILABLE',
)
const presetErrors = may('PRESET_NOT_FOUND', 'STORAGE_LOCKED', 'STORAGE_FULL', 'STORAGE_DAMAGED')
const named = z.object({ id: z.string() })

export const models = {
  list: oc.route({ method: 'GET', summary: 'Models that Cortex knows: the starter and every GGUF file that was added.' }).output(z.array(Model)),
  add: oc
    .route({ method: 'POST', summary: 'Add a GGUF file by absolute path; its header is checked before anything loads it.' })
    .input(z.object({ path: z.string().min(1) }))
    .output(Model)
    .errors(may('FILE_NOT_FOUND', 'FILE_UNREADABLE', 'MODEL_FILE_INVALID', 'MODEL_UNSUPPORTED', 'STORAGE_FULL', 'STORAGE_DAMAGED')),
  remove: oc
    .route({ method: 'POST', summary: 'Take a model off the list; its file stays where it is. The starter cannot be removed.' })
    .input(named)
    .output(z.void())
    .errors(may('MODEL_NOT_FOUND')),
  plan: oc
    .route({ method: 'POST', summary: 'How a model would be loaded now and what memory that takes, without loading it; `fits` is false where it would be refused, and `smaller` is then the largest plan that fits.' })
    .input(z.object({ id: z.string(), options: ModelOptionsChange.optional() }))
    .output(LoadPlan)
    .errors(may('MODEL_NOT_FOUND', 'MODEL_FILE_INVALID', 'MODEL_UNSUPPORTED', 'MODEL_OPTION_INVALID', 'FILE_NOT_FOUND', 'FILE_UNREADABLE')),
  load: oc
    .route({ method: 'POST', summary: 'Load a model and give it roles; without `roles` those it is made for, in place of the models that had them. With an empty list it is loaded beside the others. `options` are kept for later loads. Answers when it is ready; progress is in `watch`.' })
    .input(z.object({ id: z.string(), options: ModelOptionsChange.optional(), roles: z.array(ModelRole).max(4).optional() }))
    .output(EngineState)
    .errors(loadErrors),
  unload: oc
    .route({ method: 'POST', summary: "Free a model and its memory; without an id that of the chat role. Its answers under way end. It is loaded again when it is asked for." })
    .input(named.partial().optional())
    .output(z.void()),
  pin: oc
    .route({ method: 'POST', summary: 'Keep a model loaded whatever else needs memory, or let it go again.' })
    .input(z.object({ id: z.string(), isPinned: z.boolean() }))
    .output(z.void())
    .errors(may('MODEL_NOT_FOUND')),
  setRole: oc
    .route({ method: 'POST', summary: 'Give a role to a model, or to none; it is loaded when the role is first asked. Answers with the model of each role.' })
    .input(z.object({ role: ModelRole, id: z.string().nullable() }))
    .output(ModelRoles)
    .errors(may('MODEL_NOT_FOUND', 'MODEL_CANNOT_CHAT', 'MODEL_CANNOT_FILL', 'MODEL_CANNOT_EMBED', 'MODEL_CANNOT_RERANK')),
  options: oc
    .route({ method: 'GET', summary: 'How a model is loaded, as it was configured; null leaves the choice to the plan. With the ids of the smaller models that can draft for it.' })
    .input(named)
    .output(ModelOptions.extend({ drafts: z.array(z.string()) }))
    .errors(may('MODEL_NOT_FOUND')),
  configure: oc
    .route({ method: 'POST', summary: 'Change how a model is loaded, from its next load on; its preset from its next answer on. What is absent stays. Answers with all of its options.' })
    .input(z.object({ id: z.string(), options: ModelOptionsChange }))
    .output(ModelOptions)
    .errors(may('MODEL_NOT_FOUND', 'MODEL_OPTION_INVALID', 'PRESET_NOT_FOUND', 'MODEL_FILE_INVALID', 'FILE_NOT_FOUND', 'FILE_UNREADABLE')),
  presets: oc.route({ method: 'GET', summary: 'Sampling presets: those that come with Cortex, then those that were saved.' }).output(z.array(SamplingPreset)),
  savePreset: oc
    .route({ method: 'POST', summary: 'Keep a sampling preset; one of the same id is replaced. Those that come with Cortex cannot be.' })
    .input(SamplingPreset.omit({ isBuiltIn: true, id: true }).extend({ id: z.string().min(1).max(64).optional() }))
    .output(SamplingPreset)
    .errors(presetErrors),
  removePreset: oc.route({ method: 'POST', summary: 'Remove a preset that was saved; models that had it go on as the settings say.' }).input(named).output(z.void()).errors(presetErrors),
  benchmark: oc
    .route({ method: 'POST', summary: 'Measure a model on this machine: tokens/s of reading a fresh prompt and of writing, medians of some rounds. It is loaded where it is not, and the result is kept in place of its last one.' })
    .input(z.object({ id: z.string(), promptTokens: z.number().int().min(16).max(8192).default(512), tokens: z.number().int().min(8).max(2048).default(64), rounds: z.number().int().min(1).max(20).default(3) }))
    .output(eventIterator(BenchmarkEvent))
    .errors({ ...loadErrors, ...may('MODEL_NOT_LOADED', 'CONTEXT_OVERFLOW') }),
  benchmarks: oc.route({ method: 'GET', summary: 'The last benchmark of each model that has one, newest first; those of a file that changed since, or of another processor, are left out.' }).output(z.array(Benchmark)),
  watch: oc.route({ method: 'GET', summary: 'Known models, those that are loaded with their memory, the roles, and what the chat model does; now and as they change.' }).output(eventIterator(ModelsEvent)),
}
