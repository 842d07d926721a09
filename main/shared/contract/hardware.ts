import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

export const Backend = z.enum(['metal', 'cuda', 'vulkan', 'cpu'])
export type Backend = z.infer<typeof Backend>

export const BackendState = z.object({
  backend: Backend,
  isUsable: z.boolean(),
  /** Null where it is usable. `other-system`: made for another operating system. `not-installed`: its package of Cortex is missing. `no-driver`: a library of its driver is missing. `no-device`: the driver finds no card. `failed`: it was started and failed. `unknown`: it could not be looked at. */
  reason: z.enum(['other-system', 'not-installed', 'no-driver', 'no-device', 'failed', 'unknown']).nullable(),
  /** The reason in one sentence; null where it is usable. */
  detail: z.string().nullable(),
})
export type BackendState = z.infer<typeof BackendState>

/** The graphics cards of one backend, together. */
export const Gpu = z.object({
  backend: Backend,
  names: z.array(z.string()),
  totalBytes: z.number(),
  /** Free at this moment, for all programs. */
  freeBytes: z.number(),
  /** The part of the total that is the machine's own memory; as large as the total where both are one. */
  unifiedBytes: z.number(),
})
export type Gpu = z.infer<typeof Gpu>

/** How fast weights can be read: what bounds the speed of answers. */
export const Bandwidth = z.object({
  bytesPerSecond: z.number(),
  /** Threads that read at the same time. */
  threads: z.number().int(),
  measuredAt: z.date(),
})
export type Bandwidth = z.infer<typeof Bandwidth>

/** How fast models write in one place, as far as that is known from those that did. */
export const Pace = z.object({
  /** `cpu`: the processor; else all of a model on that backend's cards. */
  backend: Backend,
  /** Weights read in a second; of the processor no more than its bandwidth. Null: no model that is large enough to tell has written there. */
  bytesPerSecond: z.number().nullable(),
  /** What each layer of a token takes beside that; null: no small model has written there. */
  secondsPerLayer: z.number().nullable(),
  /** Whether any model has written there. */
  isMeasured: z.boolean(),
})
export type Pace = z.infer<typeof Pace>

export const Hardware = z.object({
  cpu: z.object({
    model: z.string(),
    /** `x64`, `arm64`. */
    architecture: z.string(),
    /** Null where the system does not tell. */
    physicalCores: z.number().int().nullable(),
    logicalCores: z.number().int(),
    /** Cores that Cortex may use: fewer in a container or under a limit. */
    usableCores: z.number().int(),
    /** Instructions that speed up models, such as `AVX2`, `AVX-512`, `AMX`, `NEON`. */
    features: z.array(z.string()),
  }),
  memory: z.object({
    totalBytes: z.number(),
    /** What a program can get now without anything being swapped out. */
    availableBytes: z.number(),
    /** A limit on Cortex below the total, as containers set; null where there is none. */
    limitBytes: z.number().nullable(),
  }),
  backends: z.array(BackendState),
  /** Empty where no graphics card is usable. */
  gpus: z.array(Gpu),
  /** Null until it was measured on this machine. */
  bandwidth: Bandwidth.nullable(),
  /** Of the processor and of each backend with a card: what speeds are estimated from. */
  paces: z.array(Pace),
  /** False until graphics cards were looked for. */
  isComplete: z.boolean(),
  at: z.date(),
})
export type Hardware = z.infer<typeof Hardware>

export const HardwareEvent = z.object({ type: z.literal('snapshot'), hardware: Hardware })
export type HardwareEvent = z.infer<typeof HardwareEvent>

export const hardware = {
  get: oc.route({ method: 'GET', summary: 'Processor, memory, graphics cards and backends of this machine, now; bytes. Graphics cards are looked for in a process of their own.' }).output(Hardware),
  watch: oc.route({ method: 'GET', summary: 'The same, now and every few seconds while somebody watches. The first snapshot may come before graphics cards were looked for.' }).output(eventIterator(HardwareEvent)),
  measure: oc
    .route({ method: 'POST', summary: 'Measure how fast this machine reads memory, in a process of its own, for a second or two; expected speeds are estimated from that and from how fast models answered here. Kept.' })
    .output(Bandwidth)
    .errors(may('WORKER_CRASHED', 'WORKER_UNAVAILABLE')),
}
