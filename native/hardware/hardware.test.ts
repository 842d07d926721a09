import { describe, expect, it } from 'vitest'
import { lookAt, reasonBefore } from './look-at.ts'
import { readBandwidth } from './read-bandwidth.ts'

const all = { hasPackage: () => true, hasLibrary: () => true }

describe('looking at a backend', () => {
  it('says why it cannot work before anything is started', () => {
    expect(reasonBefore('metal', 'linux', all)).toMatchObject({ reason: 'other-system' })
    expect(reasonBefore('cuda', 'darwin', all)).toMatchObject({ reason: 'other-system' })
    expect(reasonBefore('cuda', 'linux', { ...all, hasPackage: () => false })).toMatchObject({ reason: 'not-installed', detail: expect.stringContaining('CUDA') })
    expect(reasonBefore('cuda', 'linux', { ...all, hasLibrary: () => false })).toMatchObject({ reason: 'no-driver', detail: expect.stringContaining('libcuda.so.1') })
    expect(reasonBefore('vulkan', 'win32', { ...all, hasLibrary: name => name !== 'vulkan-1.dll' })).toMatchObject({ reason: 'no-driver' })
    expect([reasonBefore('vulkan', 'linux', all), reasonBefore('metal', 'darwin', all)]).toEqual([null, null])
  })

  it('starts llama.cpp on the processor, and says of each other backend what is true here', async () => {
    const cpu = await lookAt('cpu')
    expect(cpu).toMatchObject({ state: { isUsable: true, reason: null }, gpu: null })
    expect(cpu.systemInfo).toContain('=')
    for (const backend of ['metal', 'cuda', 'vulkan'] as const) {
      const { state, gpu } = await lookAt(backend)
      expect(state.isUsable).toBe(gpu !== null)
      expect(state.detail === null).toBe(state.isUsable)
      if (gpu) expect(gpu.freeBytes).toBeLessThanOrEqual(gpu.totalBytes)
    }
  })
})

describe('the bandwidth', () => {
  it('is measured with as many threads as read fastest', async () => {
    const measured = await readBandwidth({ threadCounts: [1, 2], milliseconds: 50, bufferBytes: 16 << 20 })
    expect(measured.bytesPerSecond).toBeGreaterThan(1e8)
    expect([1, 2]).toContain(measured.threads)
    await expect(readBandwidth({ threadCounts: [1], milliseconds: 50, bufferBytes: 1 << 20 }, AbortSignal.abort(new Error('given up')))).rejects.toThrow('given up')
  })
})
