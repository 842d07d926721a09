import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeFolderWatcher } from '../../platform/files/fake-folder-watcher.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { WorkspaceChanges } from './workspace-changes.ts'

let watcher: FakeFolderWatcher
let log: FakeLog
let changes: WorkspaceChanges
beforeEach(() => {
  vi.useFakeTimers()
  watcher = new FakeFolderWatcher()
  log = new FakeLog()
  changes = new WorkspaceChanges(watcher, log)
})
afterEach(() => vi.useRealTimers())

const emit = (...list: [path: string, kind: 'created' | 'updated' | 'deleted'][]): void => watcher.emit('/w', { type: 'changed', changes: list.map(([path, kind]) => ({ path: `/w/${path}`, kind })) })

describe('WorkspaceChanges', () => {
  it('gathers over 100 ms and says of each path only what counts in the end', async () => {
    const heard = vi.fn()
    await changes.listen('/w', heard)
    emit(['a', 'deleted'], ['b', 'created'], ['.cortex-0123456789abcdef.tmp', 'created'])
    emit(['a', 'created'], ['b', 'updated'], ['c', 'updated'])
    vi.advanceTimersByTime(99)
    expect(heard).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(heard).toHaveBeenCalledExactlyOnceWith({ type: 'changed', changes: [{ path: 'a', kind: 'updated' }, { path: 'b', kind: 'created' }, { path: 'c', kind: 'updated' }] })
  })

  it('says nothing when only its own temporary files came and went', async () => {
    const heard = vi.fn()
    await changes.listen('/w', heard)
    emit(['.cortex-0123456789abcdef.tmp', 'created'])
    vi.advanceTimersByTime(200)
    expect(heard).not.toHaveBeenCalled()
  })

  it('overflows instead of listing without end', async () => {
    const heard = vi.fn()
    await changes.listen('/w', heard)
    emit(...Array.from({ length: 5001 }, (_, index) => [`f${index}`, 'created'] as [string, 'created']))
    vi.advanceTimersByTime(100)
    expect(heard).toHaveBeenCalledExactlyOnceWith({ type: 'overflow' })
    watcher.emit('/w', { type: 'overflow' })
    emit(['a', 'created'])
    vi.advanceTimersByTime(100)
    expect(heard).toHaveBeenLastCalledWith({ type: 'overflow' })
    emit(['a', 'created'])
    vi.advanceTimersByTime(100)
    expect(heard).toHaveBeenLastCalledWith({ type: 'changed', changes: [{ path: 'a', kind: 'created' }] })
  })

  it('watches once for all and lets go after the last', async () => {
    const first = await changes.listen('/w', () => undefined)
    const second = await changes.listen('/w', () => undefined)
    expect(watcher.watchers('/w')).toBe(1)
    first()
    expect(watcher.watchers('/w')).toBe(1)
    second()
    second()
    await vi.waitFor(() => expect(watcher.watchers('/w')).toBe(0), { timeout: 20_000 })
    await changes.listenToPaths('/w', () => undefined)
    expect(watcher.watchers('/w')).toBe(1)
    emit(['a', 'created'])
    await changes.dispose()
    expect(watcher.watchers('/w')).toBe(0)
  })

  it('gives paths alone, and null for too many', async () => {
    const heard = vi.fn()
    await changes.listenToPaths('/w', heard)
    emit(['a', 'created'])
    vi.advanceTimersByTime(100)
    expect(heard).toHaveBeenLastCalledWith(['a'])
    watcher.emit('/w', { type: 'overflow' })
    vi.advanceTimersByTime(100)
    expect(heard).toHaveBeenLastCalledWith(null)
  })

  it('goes on without watching where the system cannot, and says so in the log', async () => {
    watcher.failure = new Error('No space left for watches')
    const stop = await changes.listen('/w', () => undefined)
    expect(log.written.map(line => line.level)).toEqual(['warn'])
    stop()
  })
})
