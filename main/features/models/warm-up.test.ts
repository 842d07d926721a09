import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineState } from '#shared/contract/models.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { keepWarm } from './warm-up.ts'

const turns = [{ role: 'system' as const, text: 'The beginning' }, { role: 'user' as const, text: 'Hello' }]
const ready: EngineState = { status: 'ready', modelId: 'a', contextTokens: 64, threads: 1, device: 'cpu', gpuLayers: 0, canChat: true, canFill: true }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function start() {
  const changes = new Listeners<EngineState>()
  const warmUp = vi.fn(async () => true)
  let usedAt = 0
  const engine = {
    state: ready,
    lastUsedAt: null as Date | null,
    get idleMilliseconds() {
      return Date.now() - usedAt
    },
    rest: { warmUp },
  }
  const now = { seat: { engine } as { engine: typeof engine } | null, isOn: true, isQuiet: true }
  const stop = keepWarm({ chat: { onChange: listener => changes.add(listener) }, seat: () => now.seat, isOn: async () => now.isOn, isQuiet: () => now.isQuiet, turns })
  const ask = (): void => {
    usedAt = Date.now()
    engine.lastUsedAt = new Date()
  }
  return { changes, warmUp, now, stop, ask, pass: (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds) }
}

describe('keepWarm', () => {
  it('reads the beginning a moment after the model is ready, once', async () => {
    const { changes, warmUp, pass } = start()
    changes.tell(ready)
    await pass(900)
    expect(warmUp).not.toHaveBeenCalled()
    await pass(200)
    expect(warmUp.mock.calls).toEqual([[turns]])
    await pass(600_000)
    expect(warmUp).toHaveBeenCalledTimes(1)
  })

  it('reads it again once the model is idle for a while after other prompts, and once for each time it was asked', async () => {
    const { changes, warmUp, pass, ask } = start()
    changes.tell(ready)
    await pass(1100)
    ask()
    await pass(58_000)
    expect(warmUp).toHaveBeenCalledTimes(1)
    await pass(20_000)
    expect(warmUp).toHaveBeenCalledTimes(2)
    await pass(600_000)
    expect(warmUp).toHaveBeenCalledTimes(2)
    ask()
    await pass(30_000)
    ask()
    await pass(50_000)
    expect(warmUp).toHaveBeenCalledTimes(2)
    await pass(30_000)
    expect(warmUp).toHaveBeenCalledTimes(3)
  })

  it.each(['after other prompts', 'after a load'])('tries again later where somebody interrupted it or another model was asked, %s', async when => {
    const { changes, warmUp, pass, ask, now } = start()
    now.isQuiet = false
    if (when === 'after a load') changes.tell(ready)
    else ask()
    await pass(120_000)
    expect(warmUp).not.toHaveBeenCalled()
    now.isQuiet = true
    warmUp.mockResolvedValueOnce(false)
    await pass(15_000)
    expect(warmUp).toHaveBeenCalledTimes(1)
    await pass(15_000)
    expect(warmUp).toHaveBeenCalledTimes(2)
    await pass(600_000)
    expect(warmUp).toHaveBeenCalledTimes(2)
  })

  it('asks nothing of a model that cannot chat', async () => {
    const { changes, warmUp, pass, now, ask } = start()
    now.seat!.engine.state = { ...ready, canChat: false }
    changes.tell(ready)
    ask()
    await pass(600_000)
    expect(warmUp).not.toHaveBeenCalled()
  })

  it('does nothing where it is turned off, where the model went, and after it was stopped', async () => {
    const { changes, warmUp, pass, now, ask, stop } = start()
    now.isOn = false
    changes.tell(ready)
    ask()
    await pass(120_000)
    now.isOn = true
    now.seat = null
    changes.tell(ready)
    changes.tell({ status: 'empty' })
    await pass(120_000)
    changes.tell(ready)
    stop()
    await pass(120_000)
    expect(warmUp).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })
})
