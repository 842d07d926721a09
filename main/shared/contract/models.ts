import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { errorCatalog, may, type ErrorCode } from '../errors.ts'

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
  /** Where its file comes from: with Cortex, added by its path, downloaded, or found in another program's store. */
  source: z.enum(['bundled', 'added', 'downloaded', 'ollama', 'lm-studio', 'hugging-face']).default('added'),
  /** The small model that ships with Cortex. */
  isStarter: z.boolean(),
})
export type Model = z.infer<typeof Model>

const errorCodes = Object.keys(errorCatalog) as [ErrorCode, ...ErrorCode[]]

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
  z.object({ status: z.literal('failed'), modelId: z.string(), error: z.object({ code: z.enum(errorCodes), data: z.unknown() }) }),
])
export type EngineState = z.infer<typeof EngineState>

/** What the engine is doing now, for the status bar. */
export const EngineActivity = z.object({
  task: z.enum(['idle', 'chat', 'completion']),
  tokensPerSecond: z.number().nullable(),
  contextUsedTokens: z.number().nullable(),
})
export type EngineActivity = z.infer<typeof EngineActivity>

export const ModelsEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), models: z.array(Model), engine: EngineState, activity: EngineActivity }),
  z.object({ type: z.literal('engine-changed'), engine: EngineState }),
  z.object({ type: z.literal('activity-changed'), activity: EngineActivity }),
])
export type ModelsEvent = z.infer<typeof ModelsEvent>

const loadErrors = may('MODEL_NOT_FOUND', 'MODEL_FILE_INVALID', 'MODEL_UNSUPPORTED', 'MODEL_OUT_OF_MEMORY', 'MODEL_LOAD_FAILED', 'WORKER_CRASHED', 'WORKER_UNAVAILABLE')

export const models = {
  list: oc.route({ method: 'GET', summary: 'Models that Cortex knows: the starter and every GGUF file that was added.' }).output(z.array(Model)),
  add: oc
    .route({ method: 'POST', summary: 'Add a GGUF file by absolute path; its header is checked before anything loads it.' })
    .input(z.object({ path: z.string().min(1) }))
    .output(Model)
    .errors(may('FILE_NOT_FOUND', 'FILE_UNREADABLE', 'MODEL_FILE_INVALID', 'MODEL_UNSUPPORTED')),
  remove: oc
    .route({ method: 'POST', summary: 'Take a model off the list; its file stays where it is. The starter cannot be removed.' })
    .input(z.object({ id: z.string() }))
    .output(z.void())
    .errors(may('MODEL_NOT_FOUND')),
  load: oc
    .route({ method: 'POST', summary: 'Load a model for chat and completion in place of the one loaded; answers when it is ready. Progress is in `watch`.' })
    .input(z.object({ id: z.string() }))
    .output(EngineState)
    .errors(loadErrors),
  unload: oc.route({ method: 'POST', summary: 'Free the loaded model and its memory.' }).output(z.void()),
  watch: oc.route({ method: 'GET', summary: 'Known models, the engine and what it does, now and as they change.' }).output(eventIterator(ModelsEvent)),
}
