import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Backend, BackendState, Gpu } from '#shared/contract/hardware.ts'

export const Look = z.object({
  state: BackendState,
  /** Null where the backend is not usable, and for the processor. */
  gpu: Gpu.nullable(),
  /** What llama.cpp says of the processor: `AVX2 = 1 | …`. */
  systemInfo: z.string(),
})
export type Look = z.infer<typeof Look>

/** Looks at the machine's drivers; they may end the process. */
export const hardware = {
  /** Starts llama.cpp on one backend and tells what it finds. */
  look: oc.input(z.object({ backend: Backend })).output(Look),
  /** Reads memory as fast as the processor can, for about so long with each count of threads; bytes per second of the best. */
  bandwidth: oc
    .input(z.object({ threadCounts: z.array(z.number().int().min(1).max(256)).min(1), milliseconds: z.number().int(), bufferBytes: z.number().int() }))
    .output(z.object({ bytesPerSecond: z.number(), threads: z.number().int() })),
}
