import { z } from 'zod'
import { Speculation } from './speculation.ts'

export const KvCacheType = z.enum(['f16', 'q8_0', 'q4_0'])
export type KvCacheType = z.infer<typeof KvCacheType>

const shape = {
  /** Tokens of each sequence. */
  contextTokens: z.number().int(),
  /** Answers that can be written at the same time. */
  sequences: z.number().int(),
  /** Of `layers`, how many are kept on the graphics card. */
  gpuLayers: z.number().int(),
  layers: z.number().int(),
  kvCacheType: KvCacheType,
  batchTokens: z.number().int(),
  /** Null: measured at the first load. */
  threads: z.number().int().nullable(),
  weightsBytes: z.number(),
  cacheBytes: z.number(),
  /** Buffers of the computation and the process itself; an estimate. */
  computeBytes: z.number(),
  /** All of it, in main memory and on the graphics card. */
  totalBytes: z.number(),
  /** What of `totalBytes` lies on the graphics card. */
  gpuBytes: z.number(),
  fits: z.boolean(),
  /** Main memory that models may still take: the least of what the budget leaves and what the machine has free. */
  freeBytes: z.number(),
  /** Free memory of the graphics card; null where there is none that is used. */
  freeGpuBytes: z.number().nullable(),
  /** In whole sentences: what was made smaller than asked for, or why it does not fit; null where there is nothing to say. */
  reason: z.string().nullable(),
}

const Smaller = z.object(shape)

/** How a model is loaded and what that takes, worked out from its header and the memory that is free. */
export const LoadPlan = z.object({
  ...shape,
  /** Of a plan that fits: what comes next where memory turns out to be short. Of one that does not: the largest that would; null where none does. */
  smaller: Smaller.nullable(),
  /** How it would guess ahead; absent for a model that writes nothing. */
  speculation: Speculation.optional(),
})
export type LoadPlan = z.infer<typeof LoadPlan>
