import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { errorCatalog, may, type ErrorCode } from '../errors.ts'
import { CatalogueEntry, ModelUse } from '../model-catalogue.ts'
import { Benchmark, Model } from './models.ts'

const errorCodes = Object.keys(errorCatalog) as [ErrorCode, ...ErrorCode[]]
export const ShownError = z.object({ code: z.enum(errorCodes), data: z.unknown() })
export type ShownError = z.infer<typeof ShownError>

/** Where a model's file comes from. */
export const ModelSource = Model.shape.source.unwrap()
export type ModelSource = z.infer<typeof ModelSource>

/** What is kept of a model that came by a download, an upload, a pack or another program's store. */
export const ModelOrigin = z.object({
  source: ModelSource,
  /** The repository, the other program's name for it, the pack. */
  label: z.string(),
  entryId: z.string().nullable(),
  /** Of the first file, where it was computed. */
  sha256: z.string().nullable(),
  /** Whether somebody else's hash was there to compare: false where it is only what came. */
  isHashConfirmed: z.boolean(),
})
export type ModelOrigin = z.infer<typeof ModelOrigin>

/** What a model would get on this machine as it is now. An estimate: `models.load` makes the real plan. */
export const Fit = z.object({
  /** `gpu`: all layers on the graphics card. `partly-gpu`: some. `cpu`: in memory. `too-big`: not with any context. `unknown`: its size is not known yet. */
  verdict: z.enum(['gpu', 'partly-gpu', 'cpu', 'too-big', 'unknown']),
  /** Layers on the graphics card; null where the count of layers is not known. */
  gpuLayers: z.number().int().nullable(),
  layers: z.number().int().nullable(),
  /** The largest context that fits, in tokens, up to what was asked for; null where what a token takes is not known. */
  contextTokens: z.number().int().nullable(),
  /** Memory for weights, context and working space. */
  neededBytes: z.number().nullable(),
  /** Memory that is free for it: of the machine and of the graphics card. */
  freeBytes: z.number(),
  freeGpuBytes: z.number(),
  /** An estimate of tokens/s; null where it is not known. */
  tokensPerSecond: z.number().nullable(),
  /** `models`: from how fast models wrote on this machine. `memory`: from the bandwidth of memory alone, which no answer exceeds. `card-not-measured`: null, for no model that is large enough to tell has written on this card yet. Null where it writes nothing, or what a token reads is not known. */
  speedFrom: z.enum(['models', 'memory', 'card-not-measured']).nullable(),
})
export type Fit = z.infer<typeof Fit>

export const FileState = z.object({
  quantization: z.string(),
  /** Bytes of all parts; null: not known until download. */
  sizeBytes: z.number().nullable(),
  /** Whether the disk of the models' folder holds it; null while its size is not known. */
  hasDiskRoom: z.boolean().nullable(),
  fit: Fit,
  /** In `downloads`, whatever its status; null where it was never asked for. */
  downloadId: z.string().nullable(),
  /** In `models`, once it is there. */
  modelId: z.string().nullable(),
})
export type FileState = z.infer<typeof FileState>

export const CatalogueItem = z.object({ entry: CatalogueEntry, files: z.array(FileState) })
export type CatalogueItem = z.infer<typeof CatalogueItem>

export const LibraryFolder = z.object({
  path: z.string(),
  /** Models in it when it was last looked through. */
  models: z.number().int(),
  /** Files that were no model, or of no kind that is known. */
  skipped: z.number().int(),
  /** Why it could not be looked through. */
  error: ShownError.nullable(),
})
export type LibraryFolder = z.infer<typeof LibraryFolder>

export const LibraryEvent = z.object({
  type: z.literal('snapshot'),
  catalogue: z.array(CatalogueItem),
  /** Folders that were added; they are looked through again at each start. */
  folders: z.array(LibraryFolder),
  /** Where downloads and uploads go. */
  modelsFolder: z.string(),
  /** Null where it cannot be told. */
  freeDiskBytes: z.number().nullable(),
})
export type LibraryEvent = z.infer<typeof LibraryEvent>

/** A model file in a store of another program or in a folder. */
export const FoundModel = z.object({
  path: z.string(),
  /** As that program calls it: `qwen2.5-coder:7b`, `Qwen/Qwen2.5-Coder-7B-Instruct-GGUF`. */
  name: z.string(),
  source: ModelSource,
  sizeBytes: z.number(),
  /** What its header says; null where it cannot be used, and `error` says why. */
  summary: z.object({ architecture: z.string(), parameters: z.number(), quantization: z.string(), contextLength: z.number() }).nullable(),
  error: ShownError.nullable(),
  /** In `models`, where it was added already. */
  modelId: z.string().nullable(),
})
export type FoundModel = z.infer<typeof FoundModel>

export const ScanEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('found'), model: FoundModel }),
  /** The stores that were looked for, whether they are there or not. */
  z.object({ type: z.literal('scan-end'), stores: z.array(z.object({ kind: z.string(), path: z.string(), isThere: z.boolean(), models: z.number().int() })) }),
])
export type ScanEvent = z.infer<typeof ScanEvent>

export const ModelDetails = z.object({
  path: z.string(),
  /** Files that make up the model, in order. */
  files: z.array(z.string()),
  sizeBytes: z.number(),
  ggufVersion: z.number().int(),
  architecture: z.string(),
  name: z.string().nullable(),
  parameters: z.number(),
  quantization: z.string(),
  contextLength: z.number().nullable(),
  layers: z.number().nullable(),
  embeddingLength: z.number().nullable(),
  attentionHeads: z.number().nullable(),
  keyValueHeads: z.number().nullable(),
  vocabularySize: z.number().nullable(),
  tokenizer: z.string().nullable(),
  chatTemplate: z.string().nullable(),
  licence: z.string().nullable(),
  /** Weights and bytes by their type, largest first. */
  tensorTypes: z.array(z.object({ type: z.string(), tensors: z.number().int(), bytes: z.number() })),
  tensorCount: z.number().int(),
  /** Every key of the header with its value in short; lists only with their length. */
  metadata: z.array(z.object({ key: z.string(), type: z.string(), value: z.string() })),
  /** Null where nothing is kept of where it came from. */
  origin: ModelOrigin.nullable(),
  fit: Fit,
})
export type ModelDetails = z.infer<typeof ModelDetails>

export const Tensor = z.object({ name: z.string(), type: z.string(), dimensions: z.array(z.number()), weights: z.number(), bytes: z.number() })
export type Tensor = z.infer<typeof Tensor>

export const AddResult = z.object({ added: z.array(Model), skipped: z.array(z.object({ path: z.string(), error: ShownError })) })
export type AddResult = z.infer<typeof AddResult>

export const PackEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), doneBytes: z.number(), totalBytes: z.number(), file: z.string() }),
  z.object({ type: z.literal('pack-end'), path: z.string(), models: z.number().int(), sizeBytes: z.number() }),
])
export type PackEvent = z.infer<typeof PackEvent>

export const UnpackEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), doneBytes: z.number(), totalBytes: z.number(), file: z.string() }),
  z.object({ type: z.literal('unpack-end'), added: z.array(Model), skipped: z.array(z.object({ path: z.string(), error: ShownError })) }),
])
export type UnpackEvent = z.infer<typeof UnpackEvent>

/** A model on the list, or a file of the catalogue. */
export const ComparedName = z.union([z.strictObject({ modelId: z.string() }), z.strictObject({ entryId: z.string(), quantization: z.string() })])
export type ComparedName = z.infer<typeof ComparedName>
export const leastCompared = 2
export const mostCompared = 4

/** What is known of a model beside others, wherever it is; null is not known. */
export const ComparedModel = z.object({
  /** In `models`; null where it is not here. */
  modelId: z.string().nullable(),
  /** In the catalogue; null where it is none of its entries. */
  entryId: z.string().nullable(),
  name: z.string(),
  quantization: z.string(),
  sizeBytes: z.number().nullable(),
  parameters: z.number().nullable(),
  /** Of a mixture of experts: those used for one token. */
  activeParameters: z.number().nullable(),
  /** Tokens it was trained for. */
  contextTokens: z.number().nullable(),
  uses: z.array(ModelUse),
  languages: z.array(z.string()).nullable(),
  codeLanguages: z.string().nullable(),
  /** `isPermissive` is null where only the file names it. */
  licence: z.object({ name: z.string(), isPermissive: z.boolean().nullable() }).nullable(),
  fit: Fit,
  /** Null where it was not measured on this machine. */
  benchmark: Benchmark.nullable(),
})
export type ComparedModel = z.infer<typeof ComparedModel>

const path = z.string().min(1).max(4096)
const fileErrors = ['FILE_NOT_FOUND', 'FILE_UNREADABLE', 'MODEL_FILE_INVALID', 'MODEL_UNSUPPORTED'] as const
const folderErrors = ['FOLDER_NOT_FOUND', 'FOLDER_UNREADABLE', 'NOT_A_FOLDER'] as const
const writeErrors = ['DISK_FULL', 'FILE_EXISTS', 'FILE_NOT_WRITABLE', 'FILE_NAME_INVALID'] as const

export const library = {
  watch: oc.route({ method: 'GET', summary: 'The catalogue with what each file would get on this machine and whether it is here, the folders that were added and the room on the disk; now and as they change.' }).output(eventIterator(LibraryEvent)),
  catalogue: oc.route({ method: 'GET', summary: 'The catalogue once, with what each file would get on this machine.' }).output(z.array(CatalogueItem)),
  fit: oc
    .route({ method: 'POST', summary: 'What one file of the catalogue would get with a context of so many tokens.' })
    .input(z.object({ entryId: z.string(), quantization: z.string(), contextTokens: z.number().int().min(1).max(10_000_000).nullish() }))
    .output(Fit)
    .errors(may('CATALOGUE_ENTRY_NOT_FOUND')),
  compare: oc
    .route({ method: 'POST', summary: 'Two to four models side by side, on the list or in the catalogue: what each is, what it would get on this machine, and what was last measured of it. In the order they were named.' })
    .input(z.object({ models: z.array(ComparedName).min(leastCompared).max(mostCompared) }))
    .output(z.array(ComparedModel))
    .errors(may('MODEL_NOT_FOUND', 'CATALOGUE_ENTRY_NOT_FOUND', ...fileErrors)),
  details: oc
    .route({ method: 'POST', summary: 'Everything the header of a GGUF file says, by its absolute path or by the id of a model; files of kinds that cannot be loaded too.' })
    .input(z.object({ path: path.nullish(), modelId: z.string().nullish() }).refine(named => Boolean(named.path ?? named.modelId), 'A path or a model is named.'))
    .output(ModelDetails)
    .errors(may('MODEL_NOT_FOUND', ...fileErrors)),
  tensors: oc
    .route({ method: 'POST', summary: 'A page of the tensors of a model, in the order of the file; at most 500 at a time.' })
    .input(z.object({ path, offset: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(500).default(100), contains: z.string().max(64).default('') }))
    .output(z.object({ tensors: z.array(Tensor), total: z.number().int() }))
    .errors(may(...fileErrors)),
  scan: oc
    .route({ method: 'POST', summary: 'Look for models in the stores of Ollama, LM Studio and the Hugging Face cache, or in one folder with all it holds; nothing is added or copied.' })
    .input(z.object({ folder: path.nullish() }))
    .output(eventIterator(ScanEvent))
    .errors(may(...folderErrors)),
  add: oc
    .route({ method: 'POST', summary: 'Add models by their paths, such as a scan found; the files stay where they are. Those that cannot be used come back with the reason.' })
    .input(z.object({ paths: z.array(path).min(1).max(1000) }))
    .output(AddResult),
  addFolder: oc
    .route({ method: 'POST', summary: 'Add every model in a folder and the folders in it, and look through it again at each start.' })
    .input(z.object({ path }))
    .output(AddResult)
    .errors(may(...folderErrors)),
  removeFolder: oc.route({ method: 'POST', summary: 'Look through a folder no more; its models leave the list and its files stay.' }).input(z.object({ path })).output(z.void()),
  deleteFiles: oc
    .route({ method: 'POST', summary: "Delete the files of a model that was downloaded, uploaded or unpacked, and take it off the list. Files outside Cortex's own folder of models are refused." })
    .input(z.object({ modelId: z.string() }))
    .output(z.object({ freedBytes: z.number() }))
    .errors(may('MODEL_NOT_FOUND', 'LIBRARY_FILE_FOREIGN', 'FILE_NOT_WRITABLE')),
  beginUpload: oc
    .route({ method: 'POST', summary: 'Begin to hand over a file that a page holds, such as one that was dropped on it; the room for it is checked first.' })
    .input(z.object({ name: z.string().min(1).max(200), sizeBytes: z.number().int().min(24) }))
    .output(z.object({ uploadId: z.string(), partBytes: z.number().int() }))
    .errors(may(...writeErrors)),
  uploadPart: oc
    .route({ method: 'POST', summary: 'Hand over the next bytes, as base64, in order; at most `partBytes` of `beginUpload`.' })
    .input(z.object({ uploadId: z.string(), offset: z.number().int().min(0), base64: z.string().max(12_000_000) }))
    .output(z.object({ receivedBytes: z.number().int() }))
    .errors(may('UPLOAD_NOT_FOUND', 'UPLOAD_OUT_OF_ORDER', 'DISK_FULL', 'FILE_NOT_WRITABLE')),
  endUpload: oc
    .route({ method: 'POST', summary: 'End an upload: the file is checked and added as a model.' })
    .input(z.object({ uploadId: z.string() }))
    .output(Model)
    .errors(may('UPLOAD_NOT_FOUND', 'UPLOAD_OUT_OF_ORDER', ...fileErrors, ...writeErrors)),
  cancelUpload: oc.route({ method: 'POST', summary: 'Give an upload up; what came is deleted.' }).input(z.object({ uploadId: z.string() })).output(z.void()),
  pack: oc
    .route({ method: 'POST', summary: 'Write models with their hashes, licences and catalogue entries into a new folder, such as on a USB stick, for a machine without a network.' })
    .input(z.object({ modelIds: z.array(z.string()).min(1).max(100), folder: path }))
    .output(eventIterator(PackEvent))
    .errors(may('MODEL_NOT_FOUND', ...fileErrors, ...writeErrors)),
  unpack: oc
    .route({ method: 'POST', summary: "Take models from a pack into Cortex's own folder; each file's hash is checked before it is used." })
    .input(z.object({ folder: path }))
    .output(eventIterator(UnpackEvent))
    .errors(may('PACK_INVALID', ...folderErrors, ...writeErrors)),
}
