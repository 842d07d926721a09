import type { Gpu, Hardware } from '#shared/contract/hardware.ts'
import type { Fit } from '#shared/contract/library.ts'
import type { ModelShape } from '#shared/model-catalogue.ts'

/** What is known of a model before it is loaded, from the catalogue or from a header. */
export interface FitFacts {
  /** Of all its files; null: not known. */
  sizeBytes: number | null
  shape: ModelShape | null
  /** Tokens it was trained for. */
  contextTokens: number | null
  parameters: number | null
  activeParameters: number | null
  /** Writes text token after token; one for vectors or ranking reads a text at once. */
  isGenerating: boolean
}

const standardContext = 8192
const leastContext = 512
/** The process, its buffers and what the measure cannot see. */
const workingBytes = 256 * 1024 * 1024
const workingShare = 0.03
/** What other programs may ask of a card meanwhile. */
const spareGpuBytes = 384 * 1024 * 1024
const cacheElementBytes = 2

type Machine = Pick<Hardware, 'memory' | 'gpus' | 'bandwidth' | 'paces'>

/** What a model would get on a machine: a pure estimate, before anything is downloaded. The plan of the load itself decides. */
export function estimateFit(facts: FitFacts, machine: Machine, wantedContext: number | null = null): Fit {
  const { memory, gpus } = machine
  const [gpu] = [...gpus].sort((a, b) => b.freeBytes - a.freeBytes)
  // Where the card has no memory of its own, it is the same memory.
  const isUnified = gpu !== undefined && isUnifiedMemory(gpu)
  const freeGpuBytes = Math.max(0, (gpu?.freeBytes ?? 0) - (gpu && !isUnified ? spareGpuBytes : 0))
  const freeBytes = memory.availableBytes
  const { sizeBytes, shape } = facts
  const none = { gpuLayers: null, layers: shape?.layers ?? null, contextTokens: null, neededBytes: null, freeBytes, freeGpuBytes, ...noSpeed }
  if (sizeBytes === null) return { ...none, verdict: 'unknown' }
  const working = workingBytes + sizeBytes * workingShare
  const most = Math.min(wantedContext ?? standardContext, facts.contextTokens ?? Infinity)
  const onCpu = largestContext(freeBytes - sizeBytes - working, most, shape)
  const onGpu = largestContext(freeGpuBytes - sizeBytes - working, most, shape)
  if (gpu && onGpu !== null && (onGpu >= (onCpu ?? 0) || onGpu >= Math.min(most, standardContext))) {
    return { ...none, verdict: 'gpu', gpuLayers: shape?.layers ?? null, contextTokens: shape ? onGpu : null, neededBytes: sizeBytes + working + cacheBytes(shape, onGpu), ...speed(facts, machine, gpu, 1) }
  }
  const partly = gpu && shape && !isUnified ? partlyOnGpu(sizeBytes, working, shape, most, freeBytes, freeGpuBytes) : null
  if (partly && shape) return { ...none, verdict: 'partly-gpu', gpuLayers: partly.gpuLayers, contextTokens: partly.contextTokens, neededBytes: sizeBytes + working + cacheBytes(shape, partly.contextTokens), ...speed(facts, machine, gpu, partly.gpuLayers / shape.layers) }
  if (onCpu === null) return { ...none, verdict: 'too-big', gpuLayers: 0, neededBytes: sizeBytes + working + cacheBytes(shape, Math.min(leastContext, most)) }
  return { ...none, verdict: 'cpu', gpuLayers: 0, contextTokens: shape ? onCpu : null, neededBytes: sizeBytes + working + cacheBytes(shape, onCpu), ...speed(facts, machine, gpu, 0) }
}

/** Keys and values of so many tokens. */
export function cacheBytes(shape: ModelShape | null, contextTokens: number): number {
  if (!shape) return 0
  const perLayerToken = 2 * shape.keyValueHeads * shape.headSize * cacheElementBytes
  const windowed = shape.window ? shape.window.layers * Math.min(contextTokens, shape.window.tokens) : 0
  return perLayerToken * ((shape.layers - (shape.window?.layers ?? 0)) * contextTokens + windowed)
}

/** Null where not even the least fits. */
function largestContext(room: number, most: number, shape: ModelShape | null): number | null {
  const least = Math.min(leastContext, most)
  if (room < cacheBytes(shape, least)) return null
  if (room >= cacheBytes(shape, most)) return most
  let [low, high] = [least, most]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (cacheBytes(shape, middle) <= room) low = middle
    else high = middle
  }
  // In steps that a person would choose.
  return Math.max(least, low - (low % 256))
}

/** As many layers as the card holds, with their share of the context; the others stay in memory. Null where none would go there, or the rest has no room. */
function partlyOnGpu(sizeBytes: number, working: number, shape: ModelShape, most: number, freeBytes: number, freeGpuBytes: number): { gpuLayers: number; contextTokens: number } | null {
  for (let contextTokens = most; ; contextTokens = Math.max(Math.min(leastContext, most), Math.floor(contextTokens / 2))) {
    const layerBytes = (sizeBytes + cacheBytes(shape, contextTokens)) / shape.layers
    const gpuLayers = Math.min(shape.layers, Math.floor((freeGpuBytes - working / 2) / layerBytes))
    if (gpuLayers >= 1 && (shape.layers - gpuLayers) * layerBytes + working / 2 <= freeBytes) return { gpuLayers, contextTokens }
    if (contextTokens <= Math.min(leastContext, most)) return null
  }
}

type Speed = Pick<Fit, 'tokensPerSecond' | 'speedFrom'>
const noSpeed: Speed = { tokensPerSecond: null, speedFrom: null }

/** Each token reads all weights that it uses once, and each layer takes its time beside that. `onCard`: the part of the layers that is on the card. */
function speed(facts: FitFacts, machine: Machine, gpu: Gpu | undefined, onCard: number): Speed {
  const { sizeBytes, parameters, activeParameters, isGenerating, shape } = facts
  if (!isGenerating || sizeBytes === null) return noSpeed
  const bytes = sizeBytes * (activeParameters !== null && parameters !== null ? activeParameters / parameters : 1)
  const [cpu, card] = [machine.paces.find(({ backend }) => backend === 'cpu'), machine.paces.find(({ backend }) => backend === gpu?.backend)]
  const memoryRate = machine.bandwidth?.bytesPerSecond ?? null
  // A card without memory of its own reads the machine's.
  const cardRate = card?.bytesPerSecond ?? (gpu && isUnifiedMemory(gpu) ? memoryRate : null)
  if (onCard > 0 && cardRate === null) return { ...noSpeed, speedFrom: 'card-not-measured' }
  const parts = [
    { share: onCard, rate: cardRate, pace: card },
    { share: 1 - onCard, rate: cpu?.bytesPerSecond ?? memoryRate, pace: cpu },
  ].filter(({ share }) => share > 0)
  let seconds = 0
  for (const { share, rate, pace } of parts) {
    if (rate === null) return noSpeed
    seconds += share * (bytes / rate + (shape?.layers ?? 0) * (pace?.secondsPerLayer ?? 0))
  }
  return { tokensPerSecond: 1 / seconds, speedFrom: parts.every(({ pace }) => pace?.isMeasured) && shape !== null ? 'models' : 'memory' }
}

function isUnifiedMemory({ totalBytes, unifiedBytes }: Gpu): boolean {
  return totalBytes > 0 && unifiedBytes >= totalBytes
}
