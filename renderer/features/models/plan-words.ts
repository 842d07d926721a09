import type { KvCacheType, LoadPlan } from '#shared/load-plan.ts'
import type { Resident } from '#shared/contract/models.ts'
import { sizeWords } from '#shared/size-words.ts'

type Plan = Omit<LoadPlan, 'smaller'>

const cacheNames: Readonly<Record<KvCacheType, string>> = { f16: 'F16', q8_0: 'Q8', q4_0: 'Q4' }
export function cacheWords(type: KvCacheType): string {
  return `${cacheNames[type]} cache`
}

const devices: Readonly<Record<string, string>> = { cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal' }

/** Where the layers lie: `29 of 29 layers on GPU`, `processor`. */
export function placeWords({ gpuLayers, layers }: Pick<Plan, 'gpuLayers' | 'layers'>, device?: string): string {
  if (gpuLayers === 0) return 'processor'
  return `${gpuLayers} of ${layers} layers on ${device === undefined ? 'the graphics card' : (devices[device] ?? device)}`
}

export function threadWords(threads: number | null): string {
  if (threads === null) return 'threads measured at the first load'
  return threads === 1 ? '1 thread' : `${threads} threads`
}

/** How a model is loaded, in one line; the process knows better than the plan. */
export function residentPlanWords({ plan, facts }: Pick<Resident, 'plan' | 'facts'>): string {
  if (!plan && !facts) return 'being planned'
  const layers = plan?.layers ?? facts?.gpuLayers ?? 0
  const gpuLayers = facts?.gpuLayers ?? plan?.gpuLayers ?? 0
  const sequences = facts?.sequences ?? plan?.sequences ?? 1
  return [
    placeWords({ gpuLayers: Math.min(gpuLayers, Math.max(layers, gpuLayers)), layers: Math.max(layers, gpuLayers) }, facts?.device),
    threadWords(facts?.threads ?? plan?.threads ?? null),
    plan && cacheWords(plan.kvCacheType),
    plan && `batches of ${plan.batchTokens.toLocaleString('en-US')}`,
    sequences > 1 && `${sequences} at a time`,
  ]
    .filter(Boolean)
    .join(', ')
}

export interface PlanRow {
  label: string
  value: string
}

/** A plan as rows of a name and a figure. */
export function planRows(plan: Plan): PlanRow[] {
  return [
    { label: 'Context', value: `${plan.contextTokens.toLocaleString('en-US')} tokens${plan.sequences > 1 ? `, ${plan.sequences} answers at a time` : ''}` },
    { label: 'Batch', value: `${plan.batchTokens.toLocaleString('en-US')} tokens at a time` },
    { label: 'Runs on', value: [placeWords(plan), threadWords(plan.threads)].join(', ') },
    { label: 'Weights', value: sizeWords(plan.weightsBytes) },
    { label: 'Context cache', value: `${sizeWords(plan.cacheBytes)}, ${cacheNames[plan.kvCacheType]}` },
    { label: 'Working space', value: `${sizeWords(plan.computeBytes)}, estimate` },
    { label: 'In all', value: plan.gpuBytes > 0 ? `${sizeWords(plan.totalBytes)}, ${sizeWords(plan.gpuBytes)} of it on the graphics card` : sizeWords(plan.totalBytes) },
    { label: 'Models may still take', value: plan.freeGpuBytes === null ? sizeWords(plan.freeBytes) : `${sizeWords(plan.freeBytes)}, and ${sizeWords(plan.freeGpuBytes)} on the graphics card` },
  ]
}

/** With its context, where that has no column. */
export function narrowPlanWords(resident: Pick<Resident, 'plan' | 'facts'>): string {
  const context = resident.facts?.contextTokens ?? resident.plan?.contextTokens
  return context === undefined ? residentPlanWords(resident) : `${context.toLocaleString('en-US')} context, ${residentPlanWords(resident)}`
}
