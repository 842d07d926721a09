import { describe, expect, it } from 'vitest'
import { SystemMemory } from './system-memory.ts'

const meminfo = 'MemTotal:       24000000 kB\nMemFree:         1000000 kB\nMemAvailable:   20000000 kB\n'
const reading = (files: Record<string, string>) => new SystemMemory({ read: async path => files[path] ?? null })

describe('SystemMemory', () => {
  it('reads what the machine has and can give', async () => {
    expect(await reading({ '/proc/meminfo': meminfo }).machine()).toEqual({ totalBytes: 24_000_000 * 1024, freeBytes: 20_000_000 * 1024, gpu: null })
  })

  it('keeps to the limit of a container, whose read files can go', async () => {
    const cgroup = { '/sys/fs/cgroup/memory.max': '4000000000\n', '/sys/fs/cgroup/memory.current': '3000000000\n', '/sys/fs/cgroup/memory.stat': 'anon 1000000000\ninactive_file 1500000000\nactive_file 500000000\n' }
    expect(await reading({ '/proc/meminfo': meminfo, ...cgroup }).machine()).toMatchObject({ totalBytes: 4_000_000_000, freeBytes: 3_000_000_000 })
    expect(await reading({ '/proc/meminfo': meminfo, '/sys/fs/cgroup/memory.max': 'max\n' }).machine()).toMatchObject({ totalBytes: 24_000_000 * 1024 })
  })

  it('asks Node where there is no such file, and says nothing of a process that has gone', async () => {
    const memory = reading({})
    expect((await memory.machine()).totalBytes).toBeGreaterThan(0)
    expect(await memory.process(1)).toBeNull()
  })

  it('parts the pages of files from the rest', async () => {
    const memory = reading({ '/proc/7/status': 'Name:\tnode\nRssAnon:\t   1000 kB\nRssFile:\t    500 kB\nRssShmem:\t       0 kB\n' })
    expect(await memory.process(7)).toEqual({ bytes: 1500 * 1024, fileBytes: 500 * 1024 })
    // The real thing, where it is.
    if (process.platform === 'linux') expect((await new SystemMemory().process(process.pid))?.bytes).toBeGreaterThan(1e6)
  })
})
