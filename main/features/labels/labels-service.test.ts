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
    lister.failure = new Error('no list')
    const closed = start()
    closed.lister.failure = new Error('no list')
    expect(await closed.service.secretSource({ workspaceId: 'w' }, 'a.ts', text)).toMatchObject({ label: 'secret', source: 'check' })
  })

  it('lets rules further down hide none of those above them', async () => {
    const { files, service } = start({ '/elsewhere/.cortex/privacy.jsonc': '{"labels":{"customers/":"secret"}}', '/elsewhere/customers/list.csv': 'a', '/elsewhere/customers/.cortex/privacy.jsonc': '{}' })
    expect(await service.explain({ path: '/elsewhere/customers/list.csv' })).toMatchObject({ label: 'secret', rule: 'customers/', source: 'folder' })
    files.put('/elsewhere/.cortex/privacy.jsonc', '{ broken')
    expect(await service.explain({ path: '/elsewhere/customers/list.csv' })).toMatchObject({ label: 'secret', rule: 'the rules cannot be read' })
    files.put('/elsewhere/.cortex/privacy.jsonc', '{}')
    expect(await service.explain({ path: '/elsewhere/customers/list.csv' })).toMatchObject({ label: 'internal' })
  })

  const long = Array.from({ length: 4000 }, (_, index) => `"attribute_${index}": "value ${index * 7919}",`).join('\n')
  it.each([
    ['a large file', '/project/big.tfstate', long, long],
    ['one with other line ends and a mark at its start', '/project/big.tfstate', `\ufeff${long.replaceAll('\n', '\r\n')}\r\n`, long],
    ['more than half of a large file', '/project/big.tfstate', long, `x\n${long.slice(0, long.length * 0.6)}`],
    ['a short one', '/project/.env.local', 'API_KEY=abcd1234efgh\n', 'API_KEY=abcd1234efgh'],
    ['a short one with lines round it', '/project/.env.local', 'API_KEY=abcd1234efgh\n', 'notes\nAPI_KEY=abcd1234efgh\nmore notes\n'],
    ['a password alone', '/project/.env.local', 'hunter2', 'hunter2\n'],
    ['a token of a registry', '/project/.npmrc', '//registry.example/:_authToken=npm_abc123\n', 'a\n//registry.example/:_authToken=npm_abc123\nb\n'],
  ])('knows the text of %s', async (_, path, content, text) => {
    const { service, lister } = start({ [path]: content })
    lister.paths.push(path.slice('/project/'.length))
    expect(await service.secretSource({ workspaceId: 'w' }, 'a.ts', text)).toMatchObject({ label: 'secret', rule: `the text of ${path.slice('/project/'.length)}` })
  })

  it('knows the text of the last of many secret files', async () => {
    const { files, service, lister } = start()
    for (let index = 0; index < 300; index++) files.put(`/project/k${index}.pem`, `the key of number ${index} and nobody else`)
    files.put('/project/zz.pem', 'the very last key of them all, by name')
    lister.paths.push(...Array.from({ length: 300 }, (_, index) => `k${index}.pem`), 'zz.pem')
    expect(await service.secretSource({ workspaceId: 'w' }, 'a.ts', 'the very last key of them all, by name')).toMatchObject({ rule: 'the text of zz.pem' })
  })

  it('takes no ordinary text for that of a secret file', async () => {
    const { service, lister, files } = start({ '/project/.env.local': 'PORT=3000\nNODE_ENV=development\nAPI_KEY=abcd1234efgh\nDATABASE_PASSWORD=correct-horse-1\n', '/project/.env.port': 'PORT=3000\n', '/project/.cortex/settings.jsonc': '{\n}\n', '/project/huge.pem': 'x'.repeat(70_000_000) })
    lister.paths.push('.env.local', '.env.port', '.cortex/settings.jsonc', 'huge.pem', 'gone.pem')
    for (const text of ['{\n}\n', '[]', '# Start it\n\nPORT=3000\n', 'PORT=3000\nAPI_KEY=\n', 'export const port = 3000\n', 'a'.repeat(200_000)]) expect([text.slice(0, 20), await service.secretSource({ workspaceId: 'w' }, 'a.ts', text)]).toEqual([text.slice(0, 20), null])
    files.unreadable.add('/project/.env.local')
    expect(await service.secretSource({ workspaceId: 'w' }, 'a.ts', 'export const port = 3000\n')).toBeNull()
  })

  it('is unsure of a text where a secret file cannot be read, or there are more of them than can be read', async () => {
    const { service, lister, files } = start()
    files.failNext('read', 'EIO', '/project/.env')
    expect(await service.secretSource({ workspaceId: 'w' }, 'a.ts', 'export const port = 3000\n')).toMatchObject({ label: 'secret', source: 'check' })
    const large = 'z'.repeat(60_000)
    for (let index = 0; index < 1200; index++) files.put(`/project/k${index}.pem`, large)
    lister.paths.push(...Array.from({ length: 1200 }, (_, index) => `k${index}.pem`))
    files.put('/project/.cortex/privacy.jsonc', '{}')
    expect(await service.secretSource({ workspaceId: 'w' }, 'a.ts', 'export const port = 3000\n')).toMatchObject({ label: 'secret', rule: 'not all secret files could be compared with it' })
  })

  it('looks for the text of a secret file without a workspace: in the project above, else beside the file, never in all of the home folder', async () => {
    const { service, lister, files } = start({ '/project/.git/config': '', '/project/src/copy.txt': '', '/home/ada/.netrc': 'machine a login b password cdefgh', '/home/ada/notes.txt': '', '/home/ada/.git/config': '' })
    const text = 'x\nTOKEN=canary-123456\nOTHER=another-value\n'
    expect(await service.secretSource({ folder: '/project/src' }, 'copy.txt', text)).toMatchObject({ label: 'secret', rule: 'the text of .env' })
    expect(await service.secretSource({ folder: '/project/src' }, 'copy.txt', 'nothing of the kind')).toBeNull()
    lister.failure = new Error('too large')
    expect(await service.secretSource({}, '/home/ada/notes.txt', 'machine a login b password cdefgh')).toMatchObject({ rule: 'the text of .netrc' })
    expect(await service.secretSource({}, '/home/ada/notes.txt', 'ordinary notes')).toBeNull()
    files.failNext('realPath', 'EACCES')
    expect(await service.secretSource({}, '/home/ada/notes.txt', 'ordinary notes')).toMatchObject({ label: 'secret', source: 'check' })
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
