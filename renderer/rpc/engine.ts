import { create } from 'zustand'
import type { EngineActivity, EngineState, MemoryBudget, Model, ModelRoles, ModelsEvent, Resident } from '#shared/contract/models.ts'
import { client } from './client.ts'
import { follow } from './follow.ts'

export interface Engine {
  /** Null until the host has said it. */
  engine: EngineState | null
  models: readonly Model[]
  activity: EngineActivity
  /** Every model that has a process of its own. */
  residents: readonly Resident[]
  roles: ModelRoles
  /** Null until the host has said it. */
  budget: MemoryBudget | null
  /** Counts the changes of presets and of the options of models; whoever shows them reads them again. */
  optionChanges: number
}

const idle: EngineActivity = { task: 'idle', tokensPerSecond: null, contextUsedTokens: null }

/** Known models, the engine and what it does: one stream for everything in the window that shows them. */
export const useEngine = create<Engine>(() => ({ engine: null, models: [], activity: idle, residents: [], roles: { chat: null, completion: null, embedding: null, rerank: null }, budget: null, optionChanges: 0 }))

export function afterModelsEvent(state: Engine, event: ModelsEvent): Engine {
  switch (event.type) {
    case 'snapshot':
      // A connection that was gone may have missed some.
      return { optionChanges: state.optionChanges + 1, models: event.models, engine: event.engine, activity: event.activity, residents: event.residents, roles: event.roles, budget: event.budget }
    case 'engine-changed':
      return { ...state, engine: event.engine }
    case 'activity-changed':
      return { ...state, activity: event.activity }
    case 'residency-changed':
      return { ...state, residents: event.residents, roles: event.roles, budget: event.budget }
    case 'options-changed':
      return { ...state, optionChanges: state.optionChanges + 1 }
  }
}

let stop: (() => void) | null = null

/** Starts the stream once; called by whoever shows it first. */
export function watchEngine(): void {
  stop ??= follow(signal => client.models.watch(undefined, { signal }), event => useEngine.setState(state => afterModelsEvent(state, event)))
}

/** The model that the engine has or is after; null when there is none. */
export function engineModel({ engine, models }: Engine): Model | null {
  if (!engine || engine.status === 'empty') return null
  return models.find(model => model.id === engine.modelId) ?? null
}
