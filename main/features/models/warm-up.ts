import type { EngineState } from '#shared/contract/models.ts'
import type { ChatTurn } from '../../../native/inference/contract.ts'
import type { RoleEngine } from './role-engine.ts'
import type { Seat } from './seat.ts'

/** Whoever loaded it to ask it something asks first. */
const restMilliseconds = 1000

interface Dependencies {
  chat: Pick<RoleEngine, 'onChange' | 'state'>
  seat: () => Seat | null
  isOn: () => Promise<boolean>
  /** The beginning of every conversation. */
  turns: readonly ChatTurn[]
}

/** Lets the chat model read the beginning of every conversation once it is loaded and has nothing to do. Gives back how to stop. */
export function keepWarm({ chat, seat, isOn, turns }: Dependencies): () => void {
  let timer: NodeJS.Timeout | undefined
  const stop = chat.onChange((state: EngineState) => {
    clearTimeout(timer)
    if (state.status !== 'ready') return
    timer = setTimeout(() => {
      void isOn().then(async is => {
        if (is) await seat()?.engine.warmUp(turns)
      }).catch(() => undefined)
    }, restMilliseconds)
    timer.unref()
  })
  return () => {
    clearTimeout(timer)
    stop()
  }
}
