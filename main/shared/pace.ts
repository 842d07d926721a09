import { z } from 'zod'
import type { Backend, Pace } from './contract/hardware.ts'

/** How fast a model wrote in one place, the processor or a backend's cards. */
export const KeptSpeed = z.object({ place: z.string(), sizeBytes: z.number(), layers: z.number().int().min(1), tokensPerSecond: z.number() })
export type KeptSpeed = z.infer<typeof KeptSpeed>

/** A model this small stays in the caches: what it takes is the work of its layers, and no reading of memory. */
const cachedBytes = 16e6
/** One smaller than this spends much of its time on other things than reading weights: of how fast those are read it says nothing. */
const leastBytes = 256e6

/** Of the models that wrote there, the best of each kind: others wrote while the machine was busy. `bytesPerSecond` is what the memory itself can do, where that was measured. */
export function paceOf(backend: Backend, speeds: readonly KeptSpeed[], bytesPerSecond: number | null): Pace {
  const perLayer = speeds.filter(({ sizeBytes }) => sizeBytes < leastBytes).flatMap(({ sizeBytes, layers, tokensPerSecond }) => {
    const seconds = 1 / tokensPerSecond
    if (sizeBytes < cachedBytes) return [seconds / layers]
    return bytesPerSecond === null ? [] : [Math.max(0, seconds - sizeBytes / bytesPerSecond) / layers]
  })
  const secondsPerLayer = perLayer.length > 0 ? Math.min(...perLayer) : null
  const rates = speeds.filter(({ sizeBytes }) => sizeBytes >= leastBytes).map(speed => rateOf(speed, secondsPerLayer ?? 0))
  const rate = rates.length > 0 ? Math.min(bytesPerSecond ?? Infinity, Math.max(...rates)) : bytesPerSecond
  return { backend, bytesPerSecond: rate, secondsPerLayer, isMeasured: speeds.length > 0 }
}

/** Bytes of weights read in a second. Most of a large model's time is reading, whatever small ones say of its layers. */
function rateOf({ sizeBytes, layers, tokensPerSecond }: KeptSpeed, secondsPerLayer: number): number {
  const seconds = 1 / tokensPerSecond
  return sizeBytes / Math.max(seconds - secondsPerLayer * layers, seconds / 2)
}
