import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FakeFiles } from '../../platform/files/fake-files.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { LockedStorage } from '../../platform/storage/locked-storage.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { WorkspacesService } from '../workspaces/workspaces-service.ts'
import { BuffersService } from './buffers-service.ts'

const clock = new FakeClock()
const locked = (): LockedStorage => new LockedStorage(new AppError('STORAGE_DAMAGED', { path: '/db' }))

async function open(storage: Storage = openFakeStorage(clock)) {
  const files = new FakeFiles({ '/a/x': '', '/b/x': '' })
  const workspaces = new WorkspacesService({ files, storage, clock, home: '/' })
  return { buffers: new BuffersService({ storage, workspaces, clock }), a: (await workspaces.open('/a')).id, b: (await workspaces.open('/b')).id, files }
}

describe('BuffersService', () => {
  it('keeps text by workspace and path until it is discarded', async () => {
    const { buffers, a, b, files } = await open()
    await buffers.keep({ workspaceId: a, path: 'src/x.ts' }, { text: 'one', baseVersion: 'v1' })
    await buffers.keep({ workspaceId: a, path: 'src/x.ts' }, { text: 'two', baseVersion: 'v1' })
    await buffers.keep({ workspaceId: a, path: 'untitled:1' }, { text: '🌊', baseVersion: null })
    await buffers.keep({ workspaceId: b, path: 'src/x.ts' }, { text: 'of b', baseVersion: null })
    // The folder may go while somebody types.
    await files.trash('/a')
    expect(await buffers.list(a)).toEqual([
      { path: 'src/x.ts', text: 'two', baseVersion: 'v1', savedAt: clock.now() },
      { path: 'untitled:1', text: '🌊', baseVersion: null, savedAt: clock.now() },
    ])
    await buffers.discard({ workspaceId: a, path: 'src/x.ts' })
    await buffers.discard({ workspaceId: a, path: 'src/x.ts' })
    expect((await buffers.list(a)).map(buffer => buffer.path)).toEqual(['untitled:1'])
    expect(await buffers.list(b)).toHaveLength(1)
  })

  it('needs a workspace that was opened', async () => {
    const { buffers } = await open()
    await expect(buffers.list('unknown')).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('says that nothing is kept when the database stays shut', async () => {
    const { buffers, a } = await open(locked())
    await expect(buffers.keep({ workspaceId: a, path: 'x' }, { text: 'x', baseVersion: null })).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    await expect(buffers.list(a)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
  })
})
