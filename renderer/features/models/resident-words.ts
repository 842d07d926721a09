import type { EngineState, Model, Resident } from '#shared/contract/models.ts'
import { speculationWords } from '#shared/speculation.ts'
import { speedWords } from './model-words.ts'

export interface HeadWords {
  title: string
  tone: 'plain' | 'warn' | 'error'
}

const nameOf = (models: readonly Model[], id: string): string => models.find(model => model.id === id)?.name ?? 'A model'

/** The page's heading: what is loaded, and what is wrong first. */
export function headWords(models: readonly Model[], residents: readonly Resident[], engine: EngineState | null = null): HeadWords {
  const failed = residents.filter(({ status }) => status === 'failed')
  if (failed.length > 0) return { title: failed.length === 1 && failed[0] ? `${nameOf(models, failed[0].modelId)} is not loaded` : `${failed.length} models are not loaded`, tone: 'error' }
  if (engine?.status === 'failed') return { title: models.some(({ id }) => id === engine.modelId) ? `${nameOf(models, engine.modelId)} is not loaded` : 'The model for chat is not loaded', tone: 'error' }
  const restarting = residents.find(({ status }) => status === 'restarting')
  if (restarting) return { title: `${nameOf(models, restarting.modelId)} starts again`, tone: 'warn' }
  const loading = residents.find(({ status }) => status === 'loading')
  if (loading) return { title: `Loading ${nameOf(models, loading.modelId)}`, tone: 'plain' }
  const ready = residents.length
  return { title: ready === 0 ? 'No model is loaded' : ready === 1 ? '1 model is ready' : `${ready} models are ready`, tone: 'plain' }
}

const tasks: Readonly<Record<Resident['activity']['task'], string>> = { idle: 'idle', chat: 'answers', completion: 'completes', embedding: 'embeds', rerank: 'ranks' }

/** `idle`, `answers, 2 wait`, `loading, 40 %`. */
export function activityWords({ status, ratio, activity, isPinned }: Resident): string {
  if (status === 'loading') return `loading, ${Math.round(ratio * 100)} %`
  if (status !== 'ready') return status === 'failed' ? 'not loaded' : 'starts again'
  return [tasks[activity.task], activity.queued > 0 && (activity.queued === 1 ? '1 waits' : `${activity.queued} wait`), isPinned && 'pinned'].filter(Boolean).join(', ')
}

/** Of a model on this machine, whether it is loaded now: `loaded`, `loading, 40 %`, `starts again`, `not loaded`. */
export function loadedWords(resident: Resident | null): string {
  if (resident === null || resident.status === 'failed') return 'not loaded'
  return resident.status === 'ready' ? 'loaded' : activityWords(resident)
}

/** How fast it writes; of a model for vectors or ranking how fast it reads texts: `41`, `310 texts/s`. */
export function paceWords({ tokensPerSecond, textsPerSecond }: Resident['activity']): string {
  return textsPerSecond === undefined || textsPerSecond === null ? speedWords(tokensPerSecond) : `${speedWords(textsPerSecond)} texts/s`
}

/** `guesses ahead from the prompt, 1.4 times as fast (measured 28 Nov)`; null where it does not guess. */
export function guessWords({ speculation }: Pick<Resident, 'speculation'>): string | null {
  return speculation === undefined || speculation.way === 'off' ? null : `guesses ahead ${speculationWords(speculation)}`
}
