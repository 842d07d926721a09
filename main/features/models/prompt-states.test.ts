import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, utimesSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { ScratchFolders } from '../../platform/memory/scratch-folders.ts'
import { FakeVault } from '../../platform/vault/fake-vault.ts'
import { PromptStates } from './prompt-states.ts'
import type { Seat } from './seat.ts'

const secret = 'what the model has read of a private file'
const turns = [{ role: 'user' as const, text: 'hello' }]
const place = { workspaceId: 'w', conversationId: 'c' }
let folder = ''
let scratch = ''
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cortex-states-')), 'prompt-states')
  scratch = mkdtempSync(join(tmpdir(), 'cortex-scratch-test-'))
})
afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true, force: true })
  rmSync(scratch, { recursive: true, force: true })
})

function start({ vault = new FakeVault(), mostBytes = 1e6, text = secret, tokens = 500, scratchFolder = scratch }: { vault?: FakeVault; mostBytes?: number; text?: string; tokens?: number; scratchFolder?: string | null } = {}) {
  const restored: string[] = []
  const engine = {
    isClosed: false,
    loads: 1,
    activity: { isBusy: false },
    saveState: vi.fn(async (path: string) => {
      writeFileSync(path, text)
      return tokens
    }),
    restoreState: vi.fn(async (path: string) => {
      restored.push(readFileSync(path, 'utf8'))
      return tokens
    }),
  }
  const seat = { scratch: scratchFolder, engine, model: { id: 'm', sizeBytes: 1 }, plan: { cacheBytes: 1, contextTokens: 64, kvCacheType: 'f16', sequences: 1 }, options: { chatTemplate: null, loras: [] } }
  const log = new FakeLog()
  // Of the seat only what is here is used.
  const states = new PromptStates({ folder, vault, seat: () => seat as unknown as Seat, mostBytes: async () => mostBytes, freeScratchBytes: () => 1e9, log })
  return { states, engine, seat, restored, log, vault }
}

const files = (): string[] => (existsSync(folder) ? readdirSync(folder) : [])
const kept = async (count: number) => await vi.waitFor(() => expect(files().filter(name => name.endsWith('.state'))).toHaveLength(count), { timeout: 5000 })

describe('PromptStates', () => {
  it('keeps what was read, encrypted, and gives it to the model of a later start, once', async () => {
    const first = start()
    first.states.keepSoon(place, turns, 500)
    await kept(1)
    const path = join(folder, files()[0]!)
    expect(readFileSync(path).includes(secret)).toBe(false)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await first.states.dispose()
    expect(readdirSync(scratch)).toEqual([])
    expect(await first.states.restore(place, turns)).toBe(0)
    const second = start({ vault: first.vault })
    expect(await second.states.restore(place, turns)).toBe(500)
    expect(second.restored).toEqual([secret])
    expect(readdirSync(scratch)).toEqual([])
    expect(await second.states.restore(place, turns)).toBe(0)
    // Its process was started again.
    second.engine.loads++
    expect(await second.states.restore(place, turns)).toBe(500)
  })

  it('gives nothing to another conversation, model or way to load it', async () => {
    const first = start()
    first.states.keepSoon(place, turns, 500)
    await kept(1)
    const second = start({ vault: first.vault })
    expect(await second.states.restore({ ...place, conversationId: 'other' }, turns)).toBe(0)
    second.seat.plan.contextTokens = 128
    expect(await second.states.restore(place, turns)).toBe(0)
    expect(second.engine.restoreState).not.toHaveBeenCalled()
  })

  it('removes what was changed or is under another key, and the answer goes on without it', async () => {
    const first = start()
    first.states.keepSoon(place, turns, 500)
    await kept(1)
    const path = join(folder, files()[0]!)
    const bytes = readFileSync(path)
    writeFileSync(path, Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]))
    expect(await start({ vault: first.vault }).states.restore(place, turns)).toBe(0)
    expect(files()).toEqual([])
    writeFileSync(path, 'no such file')
    expect(await start({ vault: first.vault }).states.restore(place, turns)).toBe(0)
    expect(files()).toEqual([])
  })

  it('keeps nothing of a short prompt, of more than there is room for, without memory for files, or when it is turned off', async () => {
    const short = start()
    short.states.keepSoon(place, turns, 100)
    const few = start({ tokens: 100 })
    few.states.keepSoon(place, turns, 500)
    const large = start({ mostBytes: 10 })
    large.states.keepSoon(place, turns, 500)
    const off = start({ mostBytes: 0 })
    off.states.keepSoon(place, turns, 500)
    const without = start({ scratchFolder: null })
    without.states.keepSoon(place, turns, 500)
    await vi.waitFor(() => expect(large.engine.saveState).toHaveBeenCalled(), { timeout: 5000 })
    await Promise.all([few, large, off].map(one => one.states.dispose()))
    expect(files()).toEqual([])
    expect(off.engine.saveState).not.toHaveBeenCalled()
    expect(short.engine.saveState).not.toHaveBeenCalled()
    expect(readdirSync(scratch)).toEqual([])
  })

  it('waits while the model is busy', async () => {
    const { states, engine } = start()
    engine.activity.isBusy = true
    states.keepSoon(place, turns, 500)
    await new Promise(resolve => setTimeout(resolve, 1700))
    expect(engine.saveState).not.toHaveBeenCalled()
    engine.activity.isBusy = false
    await kept(1)
  })

  it('lets the oldest go where room is short', async () => {
    const { states, engine } = start({ mostBytes: 1000, text: 'x'.repeat(400) })
    for (const [index, conversationId] of ['a', 'b', 'c'].entries()) {
      states.keepSoon({ workspaceId: 'w', conversationId }, turns, 500)
      await vi.waitFor(() => expect(engine.saveState).toHaveBeenCalledTimes(index + 1), { timeout: 5000 })
      await states.dispose()
      for (const name of files()) if (index === 0) utimesSync(join(folder, name), new Date(0), new Date(0))
    }
    expect(files()).toHaveLength(2)
    expect(files().some(name => statSync(join(folder, name)).mtimeMs === 0)).toBe(false)
  })

  it('forgets what was deleted, and what nobody used for long', async () => {
    const { states } = start()
    states.keepSoon(place, turns, 500)
    await kept(1)
    await states.forget({ ...place, conversationId: 'other' })
    expect(files()).toHaveLength(1)
    await states.forget(place)
    expect(files()).toEqual([])
    states.keepSoon(place, turns, 500)
    await kept(1)
    expect(await states.forgetBefore(new Date(Date.now() - 60_000))).toBe(0)
    expect(await states.forgetBefore(new Date(Date.now() + 60_000))).toBe(1)
    expect(files()).toEqual([])
  })
})

describe('ScratchFolders', () => {
  it('makes folders in memory that only their owner may read, and takes them along', () => {
    const folders = new ScratchFolders({ place: scratch, isInMemory: () => true })
    const one = folders.make('inference')!
    expect(statSync(one).mode & 0o777).toBe(0o700)
    expect(folders.freeBytes()).toBeGreaterThan(0)
    folders.dispose()
    expect(readdirSync(scratch)).toEqual([])
  })

  it('clears what a host left that has gone, and nothing else', () => {
    writeFileSync(join(scratch, 'other'), '')
    const left = new ScratchFolders({ place: scratch, isInMemory: () => true })
    left.make('inference')
    const [name] = readdirSync(scratch).filter(entry => entry !== 'other')
    rmSync(join(scratch, name!), { recursive: true })
    const gone = name!.replace(String(process.pid), '999999999')
    writeFileSync(join(scratch, gone), '')
    new ScratchFolders({ place: scratch, isInMemory: () => true }).dispose()
    expect(readdirSync(scratch)).toEqual(['other'])
  })

  it('makes none where files would lie on a disk', () => {
    const folders = new ScratchFolders({ place: scratch, isInMemory: () => false })
    expect(folders.make('inference')).toBeNull()
    expect(folders.freeBytes()).toBe(0)
    folders.dispose()
    if (process.platform === 'linux' && existsSync('/dev/shm')) {
      const real = new ScratchFolders()
      expect(real.make('x')).toMatch(/^\/dev\/shm\/cortex-scratch-/)
      real.dispose()
    }
  })
})
