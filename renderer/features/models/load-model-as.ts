import { create } from 'zustand'
import type { ModelOptionsChange, ModelRole } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { isAbort } from '../../shell/error-words.ts'

/** Why the last load of each model failed, by its id; and the loads that this window asked for. */
export const useLoads = create<{ failures: Readonly<Record<string, unknown>>; running: Readonly<Record<string, AbortController>> }>(() => ({ failures: {}, running: {} }))

const without = <V>(record: Readonly<Record<string, V>>, id: string): Record<string, V> => Object.fromEntries(Object.entries(record).filter(([key]) => key !== id))

export function forgetFailure(id: string): void {
  useLoads.setState(({ failures }) => ({ failures: without(failures, id) }))
}

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
