import type { Model, ModelOptions } from '#shared/contract/models.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import type { PlannedRequest } from './model-load.ts'

export interface Circumstances {
  draft: Model | null
  hasCard: boolean
  device: 'auto' | 'cpu'
}

/** What the process is asked for. */
export function plannedRequest(plan: LoadPlan, options: ModelOptions, { draft, hasCard, device }: Circumstances): PlannedRequest {
  return {
    contextTokens: plan.contextTokens,
    device,
    threads: plan.threads,
    // Where nobody knows of a card, llama.cpp itself may.
    gpuLayers: hasCard ? plan.gpuLayers : options.gpuLayers,
    batchTokens: plan.batchTokens,
    kvCacheType: plan.kvCacheType,
    sequences: plan.sequences,
    chatTemplate: options.chatTemplate,
    fillOrder: options.fillOrder,
    loras: options.loras,
    draftPath: draft?.path ?? null,
    speculation: options.speculation,
  }
}
