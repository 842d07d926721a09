import { describe, expect, it } from 'vitest'
import type { LabelsSnapshot } from '#shared/contract/labels.ts'
import { AppError } from '#shared/errors.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { FakeFileLister } from '../../platform/files/fake-file-lister.ts'
import { FakeFiles } from '../../platform/files/fake-files.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import { LabelsService } from './labels-service.ts'

function start(texts: Record<string, string> = {}) {
  const files = new FakeFiles({ '/project/.env': 'TOKEN=canary-123456\nOTHER=another-value\n', '/project/src/a.ts': 'a', '/state/other': '', ...texts })
  const lister = new FakeFileLister()
  lister.paths = ['.env', 'src/a.ts']
  const listeners: (() => void)[] = []
  const log = new FakeLog()
  const workspaces = {
    get: async (workspaceId: string) => {
      if (workspaceId !== 'w') throw new AppError('WORKSPACE_NOT_FOUND', { workspaceId })
      return { path: '/project' }
    },
  }
  const listen = async (_folder: string, listener: () => void) => {
    listeners.push(listener)
    return () => undefined
  }
  const service = new LabelsService({ files, lister, workspaces, listenToFolder: listen, watchFile: (_path, listener) => (listeners.push(listener), () => undefined), clock: new FakeClock(), log, stateFolder: '/state', home: '/home/ada' })
  const labelOf = async (path: string) => (await service.labelOf('w', [path]))[0]!
  return { files, lister, service, labelOf, log, change: () => listeners.forEach(listener => listener()) }
}

describe('LabelsService', () => {
  it('labels by name, also what was never saved, in the order asked', async () => {
    const { service } = start()
    expect((await service.labelOf('w', ['src/a.ts', '.env', 'new/.env.local', 'new.ts'])).map(({ path, label }) => `${path} ${label}`)).toEqual(['src/a.ts internal', '.env secret', 'new/.env.local secret', 'new.ts internal'])
    await expect(service.labelOf('x', ['a'])).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('follows links, and finds hard links by what else they are called', async () => {
    const { files, lister, labelOf } = start({ '/home/ada/.ssh/id_x': 'key', '/project/lib/b.ts': 'b' })
    files.putLink('/project/notes.txt', '.env')
    files.putLink('/project/settings', '.')
    files.putHardLink('/project/readme.md', '/project/.env')
    files.putHardLink('/project/key.txt', '/home/ada/.ssh/id_x')
    files.putHardLink('/project/lib/c.ts', '/project/lib/b.ts')
    expect(await labelOf('notes.txt')).toMatchObject({ label: 'secret', rule: '.env*' })
    expect(await labelOf('settings/.env')).toMatchObject({ label: 'secret' })
    expect(await labelOf('readme.md')).toMatchObject({ label: 'secret', rule: 'another name of .env' })
    expect(await labelOf('key.txt')).toMatchObject({ label: 'secret', rule: 'another name of ~/.ssh/id_x' })
    expect(await labelOf('lib/c.ts')).toMatchObject({ label: 'internal' })
    lister.failure = new Error('no list')
    files.put('/project/.cortex/privacy.jsonc', '{}')
    expect(await labelOf('lib/c.ts')).toMatchObject({ label: 'secret', rule: 'its other names cannot be found', source: 'check' })
  })

  it('treats as secret what cannot be made sure of', async () => {
    const { files, labelOf } = start()
    files.putLink('/project/out.txt', '/elsewhere/x')
    files.putLink('/project/outside.txt', '/state/other')
    files.putLink('/project/round', 'round')
    expect(await labelOf('out.txt')).toMatchObject({ label: 'secret', source: 'check' })
    expect(await labelOf('outside.txt')).toMatchObject({ label: 'secret', rule: 'outside the folder' })
    expect(await labelOf('../x')).toMatchObject({ label: 'secret', rule: 'outside the folder' })
    expect(await labelOf('round')).toMatchObject({ label: 'secret', rule: expect.stringContaining('ELOOP') })
    expect(await labelOf('ENVIRO~1')).toMatchObject({ label: 'secret', rule: 'a short name of no known file' })
    files.failNext('identity', 'EACCES', '/project/src/a.ts')
    expect(await labelOf('src/a.ts')).toMatchObject({ label: 'secret', rule: expect.stringContaining('EACCES') })
    expect(await labelOf('src/a.ts')).toMatchObject({ label: 'internal' })
  })

  it('reads the rules again when they change; a folder raises, the person lowers', async () => {
    const { files, labelOf } = start()
    files.put('/project/.cortex/privacy.jsonc', '{ "labels": { "src/": "secret" } }')
    expect(await labelOf('src/a.ts')).toMatchObject({ label: 'secret', rule: 'src/', source: 'folder' })
    files.put('/project/.cortex/privacy.jsonc', '{ "labels": { } }')
    expect(await labelOf('src/a.ts')).toMatchObject({ label: 'internal' })
    files.put('/state/privacy.jsonc', '{ "labels": { "/project/.env": "internal", "~/x": "secret", "src/": "public" } }')
    expect(await labelOf('.env')).toMatchObject({ label: 'internal', source: 'user' })
    expect(await labelOf('src/a.ts')).toMatchObject({ label: 'public' })
  })

  it.each([
    ['/project/.cortex/privacy.jsonc', '{ "labels": { "a": '],
    ['/project/.cortex/privacy.jsonc', '{ "labels": { ".env": "public" } }'],
    ['/project/.cortex/privacy.jsonc', `{}${' '.repeat(300_000)}`],
    ['/state/privacy.jsonc', '[]'],
  ])('takes everything for secret while %s cannot be relied on', async (path, text) => {
    const { files, labelOf, service } = start()
    files.put(path, text)
    expect(await labelOf('src/a.ts')).toMatchObject({ label: 'secret', rule: 'the rules cannot be read', source: 'check' })
    const snapshot = (await (await service.watch('w')).next()).value as LabelsSnapshot
    expect(snapshot.problems[0]?.source).toBe(path.startsWith('/state') ? 'user' : 'folder')
  })

  it('takes everything for secret where the rules cannot be read or lie elsewhere', async () => {
    const { files, labelOf } = start()
    files.put('/project/.cortex/privacy.jsonc', '{}')
    files.unreadable.add('/project/.cortex/privacy.jsonc')
    expect(await labelOf('src/a.ts')).toMatchObject({ label: 'secret' })
    const other = start()
    other.files.putLink('/project/.cortex', '/state')
    expect(await other.labelOf('src/a.ts')).toMatchObject({ label: 'secret' })
  })

  it('explains a file wherever it lies, by the rules of the nearest folder', async () => {
    const { files, service } = start({ '/elsewhere/project/.cortex/privacy.jsonc': '{"labels":{"data/":"secret"}}', '/elsewhere/project/data/x.csv': '', '/elsewhere/plain.txt': '', '/home/ada/.ssh/config': '' })
    expect(await service.explain({ path: '/elsewhere/project/data/x.csv' })).toMatchObject({ label: 'secret', rule: 'data/', source: 'folder' })
    expect(await service.explain({ path: '/elsewhere/plain.txt' })).toMatchObject({ label: 'internal' })
    expect(await service.explain({ folder: '/elsewhere/project', path: '../plain.txt' })).toMatchObject({ label: 'internal', path: '../plain.txt' })
    expect(await service.explain({ path: '/home/ada/.ssh/config' })).toMatchObject({ label: 'secret', rule: '.ssh/' })
    expect(await service.explain({ path: 'plain.txt' })).toMatchObject({ label: 'secret', rule: 'no folder is known for it' })
    expect(await service.explain({ path: '/nowhere/x/y' })).toMatchObject({ label: 'secret', rule: 'its folder cannot be read' })
    expect(await service.explain({ workspaceId: 'w', path: 'src/a.ts' })).toMatchObject({ label: 'internal' })
    files.failNext('realPath', 'EACCES')
    expect(await service.explain({ path: '/elsewhere/plain.txt' })).toMatchObject({ label: 'secret' })
  })

  it('knows whose text it is, whatever path is named', async () => {
    const { service, lister } = start()
    const text = 'x\nTOKEN=canary-123456\nOTHER=another-value\n'
    expect(await service.secretSource({ workspaceId: 'w' }, 'a.ts', text)).toMatchObject({ label: 'secret', rule: 'the text of .env', path: 'a.ts' })
    expect(await service.secretSource({ workspaceId: 'w' }, 'a.ts', 'const a = 1\nconst b = 2\n')).toBeNull()
    expect(await service.secretSource({ workspaceId: 'w' }, 'a.ts', '')).toBeNull()
    expect(await service.secretSource({ folder: '/project' }, 'a.ts', text)).toBeNull()
    lister.failure = new Error('no list')
    const closed = start()
    closed.lister.failure = new Error('no list')
    expect(await closed.service.secretSource({ workspaceId: 'w' }, 'a.ts', text)).toMatchObject({ label: 'secret', source: 'check' })
  })

  it('counts labels and names the secret files, first without counts, then with, and again after a change', async () => {
    const { files, lister, service, change, log } = start({ '/project/.git/config': '' })
    const stream = await service.watch('w')
    const next = async (): Promise<LabelsSnapshot> => (await stream.next()).value as LabelsSnapshot
    expect(await next()).toMatchObject({ counts: null, secretFiles: [], problems: [], userFile: '/state/privacy.jsonc', folderFile: '.cortex/privacy.jsonc' })
    expect(await next()).toMatchObject({ counts: { public: 0, internal: 1, secret: 2 }, secretFiles: [{ path: '.env', rule: '.env*' }, { path: '.git/config' }] })
    lister.paths.push('key.pem')
    files.put('/project/key.pem', '')
    change()
    expect((await next()).counts).toEqual({ public: 0, internal: 1, secret: 3 })
    lister.failure = new Error('no list')
    change()
    expect((await next()).counts).toEqual({ public: 0, internal: 1, secret: 3 })
    expect(log.written.length).toBe(1)
    await stream.return()
  })
})
