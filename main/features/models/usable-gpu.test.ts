import { describe, expect, it, vi } from 'vitest'
import type { Gpu } from '#shared/contract/hardware.ts'
import { usableGpu } from './usable-gpu.ts'

const card: Gpu = { backend: 'cuda', names: ['One', 'Two'], totalBytes: 80e9, freeBytes: 70e9, unifiedBytes: 0 }
const none: Gpu[] = []

/** Hardware that knows of nothing until it has looked. */
function hardware(found: () => Gpu[]) {
  let known = { gpus: none, isComplete: false }
  const look = async () => (known = { gpus: found(), isComplete: true })
  return { get: vi.fn(look), lookAgain: vi.fn(look), quick: async () => known }
}

describe('usableGpu', () => {
  it('waits for no first look, and tells of the card once it is known', async () => {
    const gpu = usableGpu(hardware(() => [card]))
    expect(await gpu()).toBeNull()
    expect(await gpu()).toEqual({ name: 'One, Two', totalBytes: 80e9, freeBytes: 70e9 })
  })

  it('counts no card that has main memory only', async () => {
    const gpu = usableGpu(hardware(() => [{ ...card, unifiedBytes: 80e9 }]))
    await gpu()
    expect(await gpu()).toBeNull()
  })

  it('looks no more for what is shown where there is no card, and looks for a plan: one that comes later is found', async () => {
    let found = none
    const machine = hardware(() => found)
    const gpu = usableGpu(machine)
    await gpu()
    await gpu()
    expect(machine.get).toHaveBeenCalledOnce()
    found = [card]
    expect(await gpu('planned')).toBeNull()
    expect(await gpu('planned')).toMatchObject({ name: 'One, Two' })
    expect(machine.get).toHaveBeenCalledTimes(3)
  })

  it('waits for a new look where it must know', async () => {
    let found = [card]
    const machine = hardware(() => found)
    const gpu = usableGpu(machine)
    expect(await gpu('afresh')).toMatchObject({ name: 'One, Two' })
    found = none
    expect(await gpu()).toMatchObject({ name: 'One, Two' })
    expect(await gpu('afresh')).toBeNull()
  })

  it('goes on with what is known where nothing can look', async () => {
    const fails = () => Promise.reject(new Error('no worker'))
    const gpu = usableGpu({ get: fails, lookAgain: fails, quick: async () => ({ gpus: [], isComplete: false }) })
    expect([await gpu(), await gpu('afresh')]).toEqual([null, null])
  })
})
