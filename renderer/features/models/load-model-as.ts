import { create } from 'zustand'
import type { ModelOptionsChange, ModelRole, Resident } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { useEngine } from '../../rpc/engine.ts'
import { isAbort } from '../../shell/error-words.ts'

/** Why the last load of each model failed, by its id; and the loads that this window asked for. */
export const useLoads = create<{ failures: Readonly<Record<string, unknown>>; running: Readonly<Record<string, AbortController>> }>(() => ({ failures: {}, running: {} }))

const without = <V>(record: Readonly<Record<string, V>>, id: string): Record<string, V> => Object.fromEntries(Object.entries(record).filter(([key]) => key !== id))

export function forgetFailure(id: string): void {
  useLoads.setState(({ failures }) => ({ failures: without(failures, id) }))
}

/** Models that are loading or ready now and were not before. */
export function comeBack(before: readonly Pick<Resident, 'modelId' | 'status'>[], now: readonly Pick<Resident, 'modelId' | 'status'>[]): string[] {
  const isUp = ({ status }: Pick<Resident, 'status'>): boolean => status === 'loading' || status === 'ready'
  const wereUp = new Map(before.map(({ modelId, status }) => [modelId, status]))
  return now.filter(resident => isUp(resident) && wereUp.get(resident.modelId) !== resident.status).map(({ modelId }) => modelId)
}

// Whoever loads a model again, here, in another window or by the command line: why it failed before is over. One that stays as it was keeps its refusal.
useEngine.subscribe(({ residents }, { residents: before }) => {
  if (residents !== before && Object.keys(useLoads.getState().failures).length > 0) comeBack(before, residents).forEach(forgetFailure)
})

/** Without roles a model gets those it is made for; with none it is loaded beside the others. */
export async function loadModelAs(id: string, { roles, options }: { roles?: ModelRole[]; options?: ModelOptionsChange } = {}): Promise<void> {
  if (useLoads.getState().running[id]) return
  const stop = new AbortController()
  forgetFailure(id)
  useLoads.setState(({ running }) => ({ running: { ...running, [id]: stop } }))
  try {
    await client.models.load({ id, ...(roles ? { roles } : {}), ...(options ? { options } : {}) }, { signal: stop.signal })
  } catch (failure) {
    if (!isAbort(failure) && !stop.signal.aborted) useLoads.setState(({ failures }) => ({ failures: { ...failures, [id]: failure } }))
  } finally {
    useLoads.setState(({ running }) => ({ running: without(running, id) }))
  }
}

/** Gives up a load, or frees the model. */
export async function unloadModelOf(id: string): Promise<void> {
  useLoads.getState().running[id]?.abort()
  forgetFailure(id)
  await client.models.unload({ id })
}
