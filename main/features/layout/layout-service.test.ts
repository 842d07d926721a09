import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { LockedStorage } from '../../platform/storage/locked-storage.ts'
import { LayoutService } from './layout-service.ts'

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
