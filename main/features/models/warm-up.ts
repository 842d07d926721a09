import type { EngineState } from '#shared/contract/models.ts'
import type { ChatTurn } from '../../../native/inference/contract.ts'
import type { EngineService } from './engine-service.ts'
import type { RoleEngine } from './role-engine.ts'

/** Whoever loaded it to ask it something asks first. */
const restMilliseconds = 1000
/** Another prompt may have taken the place, and whoever asked with that may ask on: their place is taken only after a while. */
const againMilliseconds = 60_000
const lookMilliseconds = 15_000

interface Dependencies {
  chat: Pick<RoleEngine, 'onChange'>
  seat: () => { engine: Pick<EngineService, 'state' | 'idleMilliseconds' | 'lastUsedAt'> & { rest: Pick<EngineService['rest'], 'warmUp'> } } | null
  isOn: () => Promise<boolean>
  /** True where no model is asked or loaded, or does something by itself. */
  isQuiet: () => boolean
  /** The beginning of every conversation. */
  turns: readonly ChatTurn[]
}

/** Lets the chat model read the beginning of every conversation once it is loaded and has nothing to do, and again where short prompts took its place. Gives back how to stop. */
export function keepWarm({ chat, seat, isOn, isQuiet, turns }: Dependencies): () => void {
  let timer: NodeJS.Timeout | undefined
  /** True from a load until it was warmed after it. */
  let isLoaded = false
  /** When the model was last asked that has been looked at since. */
  let seenUse: Date | null = null
  const warm = async (): Promise<void> => {
    const engine = seat()?.engine
    if (engine?.state.status !== 'ready' || !engine.state.canChat || !(await isOn()) || !isQuiet()) return
    const lastUsedAt = engine.lastUsedAt
    if (!(await engine.rest.warmUp(turns))) return
    isLoaded = false
    seenUse = lastUsedAt
  }
  const look = async (): Promise<void> => {
    const engine = seat()?.engine
    if (!engine) return
    const isWanted = isLoaded ? engine.idleMilliseconds >= restMilliseconds : engine.lastUsedAt !== null && engine.lastUsedAt !== seenUse && engine.idleMilliseconds >= againMilliseconds
    if (isWanted) await warm()
  }
  const looking = setInterval(() => void look().catch(() => undefined), lookMilliseconds)
  looking.unref()
  const stop = chat.onChange((state: EngineState) => {
    clearTimeout(timer)
    isLoaded = state.status === 'ready'
    if (!isLoaded) return
    timer = setTimeout(() => void warm().catch(() => undefined), restMilliseconds)
    timer.unref()
  })
  return () => {
    clearTimeout(timer)
    clearInterval(looking)
    stop()
  }
}
