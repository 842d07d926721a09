import { describe, expect, it, vi } from 'vitest'
import type { Gpu } from '#shared/contract/hardware.ts'
import { usableGpu } from './usable-gpu.ts'

const card: Gpu = { backend: 'cuda', names: ['One', 'Two'], totalBytes: 80e9, freeBytes: 70e9, unifiedBytes: 0 }

describe('usableGpu', () => {
  it('waits for no look, and tells of the card once it is known', async () => {
    let gpus: Gpu[] = []
    const gpu = usableGpu({ get: async () => ({ gpus: (gpus = [card]) }), quick: async () => ({ gpus: [...gpus] }) })
    await gpu()
    expect(await gpu()).toEqual({ name: 'One, Two', totalBytes: 80e9, freeBytes: 70e9 })
  })

  it('counts no card that has main memory only, and looks no more where there is none', async () => {
    const unified = { ...card, unifiedBytes: 80e9 }
    expect(await usableGpu({ get: async () => ({ gpus: [unified] }), quick: async () => ({ gpus: [unified] }) })()).toBeNull()
    const get = vi.fn(async () => ({ gpus: [] }))
    const gpu = usableGpu({ get, quick: async () => ({ gpus: [] }) })
    await gpu()
    expect(await gpu()).toBeNull()
    expect(get).toHaveBeenCalledOnce()
    expect(await usableGpu({ get: () => Promise.reject(new Error('no worker')), quick: async () => ({ gpus: [] }) })()).toBeNull()
  })
})
