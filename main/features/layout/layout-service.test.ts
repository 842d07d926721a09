import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '#shared/errors.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { LockedStorage } from '../../platform/storage/locked-storage.ts'
import { LayoutService } from './layout-service.ts'

const locked = (): AppError<'STORAGE_LOCKED'> => new AppError('STORAGE_LOCKED', { path: '/db', reason: 'you' })

describe('LayoutService', () => {
  it('keeps a layout for each workspace and for the empty window', () => {
    const storage = openFakeStorage()
    const layout = new LayoutService(storage, { isSafe: false })
    expect(layout.get('a')).toBeNull()
    layout.keep('a', { tabs: ['x'] })
    layout.keep(null, { tabs: [] })
    const again = new LayoutService(storage, { isSafe: false })
    expect(again.get('a')).toEqual({ tabs: ['x'] })
    expect(again.get(null)).toEqual({ tabs: [] })
  })

  it('serves a reload from memory while the database stays shut', () => {
    const layout = new LayoutService(new LockedStorage(new AppError('STORAGE_DAMAGED', { path: '/db' })), { isSafe: false })
    layout.keep('a', { tabs: ['x'] })
    expect(layout.get('a')).toEqual({ tabs: ['x'] })
    expect(layout.get('b')).toBeNull()
  })

  it('keeps again as soon as the database opens, and never in place of what was kept before', () => {
    const [open, changes] = [openFakeStorage(), new Listeners<void>()]
    new LayoutService(open, { isSafe: false }).keep('old', { tabs: ['x'] })
    const shut = { problem: locked() as ReturnType<typeof locked> | null }
    const storage = { ...open, collection: open.collection.bind(open), get problem() { return shut.problem }, onChange: (listener: () => void) => changes.add(listener) }
    const layout = new LayoutService(storage, { isSafe: false })
    layout.keep('old', { tabs: [] })
    layout.keep('new', { tabs: ['y'] })
    expect([layout.get('old'), open.collection('layout', z.unknown()).get('new')]).toEqual([{ tabs: [] }, null])
    shut.problem = null
    changes.tell()
    layout.keep('later', { tabs: ['z'] })
    expect(['old', 'new', 'later'].map(id => new LayoutService(open, { isSafe: false }).get(id))).toEqual([{ tabs: ['x'] }, { tabs: ['y'] }, { tabs: ['z'] }])
    shut.problem = locked()
    changes.tell()
    expect(layout.get('later')).toBeNull()
    layout.dispose()
    expect(changes.size).toBe(0)
  })

  it('shows no kept layout in safe mode and leaves it as it is for later', () => {
    const storage = openFakeStorage()
    new LayoutService(storage, { isSafe: false }).keep('a', { tabs: ['x'] })
    const starts = { isSafe: true }
    const layout = new LayoutService(storage, starts)
    expect(layout.get('a')).toBeNull()
    layout.keep('a', { tabs: [] })
    expect(layout.get('a')).toEqual({ tabs: [] })
    starts.isSafe = false
    expect(layout.get('a')).toEqual({ tabs: ['x'] })
  })
})
