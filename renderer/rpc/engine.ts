import { create } from 'zustand'
import type { EngineActivity, EngineState, Model, ModelsEvent } from '#shared/contract/models.ts'
import { client } from './client.ts'
import { follow } from './follow.ts'

export interface Engine {
  /** Null until the host has said it. */
  engine: EngineState | null
  models: readonly Model[]
  activity: EngineActivity
}

const idle: EngineActivity = { task: 'idle', tokensPerSecond: null, contextUsedTokens: null }

/** Known models, the engine and what it does: one stream for everything in the window that shows them. */
export const useEngine = create<Engine>(() => ({ engine: null, models: [], activity: idle }))

export function afterModelsEvent(state: Engine, event: ModelsEvent): Engine {
  switch (event.type) {
    case 'snapshot':
      return { models: event.models, engine: event.engine, activity: event.activity }
    case 'engine-changed':
      return { ...state, engine: event.engine }
    case 'activity-changed':
      return { ...state, activity: event.activity }
    case 'residency-changed':
      return state
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
