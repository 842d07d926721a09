import { describe, expect, it } from 'vitest'
import type { Hardware } from '#shared/contract/hardware.ts'
import { backendWords, hardwareLine, hardwareRows } from './hardware-words.ts'

const hardware: Hardware = {
  cpu: { model: 'Ryzen 9', architecture: 'x64', physicalCores: 16, logicalCores: 32, usableCores: 8, features: ['AVX2', 'AVX-512'] },
  memory: { totalBytes: 64e9, availableBytes: 41e9, limitBytes: null },
  backends: [],
  gpus: [{ backend: 'cuda', names: ['NVIDIA RTX 4070'], totalBytes: 12e9, freeBytes: 8e9, unifiedBytes: 0 }],
  bandwidth: null,
  paces: [],
  isComplete: true,
  at: new Date(0),
}

describe('words for the machine', () => {
  it('says it in a line', () => {
    expect(hardwareLine(hardware)).toBe('NVIDIA RTX 4070, 12.0 GB, CUDA · 8 cores, AVX-512 · 41.0 GB of 64.0 GB memory free')
    expect(hardwareLine({ ...hardware, gpus: [] })).toMatch(/ · no graphics card is used$/)
    expect(hardwareLine({ ...hardware, gpus: [], isComplete: false, cpu: { ...hardware.cpu, usableCores: 1, features: [] } })).toBe('1 core · 41.0 GB of 64.0 GB memory free')
  })

  it('says it in rows, and what was not measured', () => {
    const rows = Object.fromEntries(hardwareRows(hardware).map(({ label, value }) => [label, value]))
    expect(rows).toMatchObject({ Cores: '16, 32 threads; 8 for Cortex', 'Memory speed': 'not measured' })
    const measured = hardwareRows({ ...hardware, memory: { ...hardware.memory, limitBytes: 8e9 }, bandwidth: { bytesPerSecond: 21e9, threads: 2, measuredAt: new Date(0) } }).map(({ value }) => value)
    expect(measured).toContain('21.0 GB/s with 2 threads')
    expect(measured).toContain('41.0 GB of 64.0 GB, limit 8.0 GB')
  })

  it('says why a backend cannot be used', () => {
    const state = { backend: 'cuda', isUsable: false, detail: 'x' } as const
    expect([backendWords({ ...state, reason: 'no-driver' }), backendWords({ ...state, reason: 'not-installed' }), backendWords({ ...state, isUsable: true, reason: null })]).toEqual(['no driver', 'not installed', 'usable'])
  })
})
