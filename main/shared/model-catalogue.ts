import { z } from 'zod'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const ModelUse = z.enum(['chat', 'completion', 'embedding', 'rerank'])
export type ModelUse = z.infer<typeof ModelUse>

/** A file as it was published. What no source was read for is null. */
export const CataloguePart = z.strictObject({ path: z.string().min(1).endsWith('.gguf'), sizeBytes: z.number().int().positive().nullable(), sha256: sha256.nullable() })
export type CataloguePart = z.infer<typeof CataloguePart>

export const CatalogueFile = z.strictObject({
  quantization: z.string().min(2),
  /** More than one for a split model, in order. */
  parts: z.array(CataloguePart).min(1),
})
export type CatalogueFile = z.infer<typeof CatalogueFile>

/** What its memory is computed from, as its published configuration says. */
export const ModelShape = z.strictObject({
  layers: z.number().int().positive(),
  keyValueHeads: z.number().int().positive(),
  headSize: z.number().int().positive(),
  /** Layers that look at a window of so many tokens only; the others look at all. */
  window: z.strictObject({ layers: z.number().int().positive(), tokens: z.number().int().positive() }).nullable(),
})
export type ModelShape = z.infer<typeof ModelShape>

export const CatalogueEntry = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  family: z.string().min(1),
  name: z.string().min(1),
  /** On Hugging Face, with GGUF files. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  revision: z.string().default('main'),
  files: z.array(CatalogueFile).min(1),
  uses: z.array(ModelUse).min(1),
  licence: z.strictObject({
    /** SPDX where there is one. */
    name: z.string().min(1),
    /** Whether it lets everybody use the model for work, without more conditions than to name the authors. */
    isPermissive: z.boolean(),
    note: z.string().nullable(),
  }),
  /** People's languages as ISO 639-1; null where nobody says. */
  languages: z.array(z.string()).nullable(),
  /** Of code, as the authors say it. */
  codeLanguages: z.string().nullable(),
  contextTokens: z.number().int().positive().nullable(),
  parameters: z.number().int().positive().nullable(),
  /** Of a mixture of experts: those used for one token. */
  activeParameters: z.number().int().positive().nullable(),
  shape: ModelShape.nullable(),
  /** Length of its vectors. */
  dimensions: z.number().int().positive().nullable(),
  /** How it wants to be asked. */
  promptNote: z.string().nullable(),
  fillNote: z.string().nullable(),
  /** Where each fact was read: field to address or file. */
  sources: z.record(z.string(), z.string()),
})
export type CatalogueEntry = z.infer<typeof CatalogueEntry>

export const Catalogue = z.strictObject({ version: z.literal(1), readAt: z.string(), entries: z.array(CatalogueEntry) })
export type Catalogue = z.infer<typeof Catalogue>
