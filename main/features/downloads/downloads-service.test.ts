import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Download, DownloadTarget } from '#shared/contract/downloads.ts'
import type { Model } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { Catalogue, CatalogueEntry } from '#shared/model-catalogue.ts'
import { openDoorTo } from '../../../tests/support/open-door-to.ts'
import { PatternContent, startRangePeer, type RangePeer } from '../../../tests/support/range-peer.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { FakeLog } from '../../platform/log/fake-log.ts'
import type { Secrets } from '../../platform/secrets/secrets.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { EgressService } from '../egress/egress-service.ts'
import { DownloadsService } from './downloads-service.ts'

const blockBytes = 32 * 1024
const tokenSecrets = { use: async (_name: string, _purpose: object, work: (value: Buffer) => Promise<unknown>) => await work(Buffer.from('token-value')) }
let peer: RangePeer
let folder: string
let door: ReturnType<typeof openDoorTo>
const services: DownloadsService[] = []
beforeEach(async () => {
  peer = await startRangePeer()
  door = openDoorTo([peer.port], { secrets: tokenSecrets as unknown as Secrets })
  folder = mkdtempSync(join(tmpdir(), 'downloads-'))
})
afterEach(async () => {
  await Promise.all(services.splice(0).map(service => service.dispose()))
  door.dispose()
  await peer.close()
  rmSync(folder, { recursive: true, force: true })
})

const entry = (parts: CatalogueEntry['files'][number]['parts']): CatalogueEntry => ({
  ...{ id: 'a', family: 'A', name: 'Model A', repository: 'p/r', revision: 'main', files: [{ quantization: 'Q4', parts }], uses: ['chat'], licence: { name: 'MIT', isPermissive: true, note: null } },
  ...{ languages: null, codeLanguages: null, contextTokens: null, parameters: null, activeParameters: null, shape: null, dimensions: null, promptNote: null, fillNote: null, sources: {} },
})
const settings = { 'models.registry': '', 'models.mirrors': '', 'models.registrySecret': '', 'downloads.parallel': 2, 'downloads.connections': 2 }

interface Given {
  parts?: CatalogueEntry['files'][number]['parts']
  storage?: ReturnType<typeof openFakeStorage>
  values?: Partial<typeof settings>
  addModel?: ConstructorParameters<typeof DownloadsService>[0]['addModel']
}

function open({ parts = [{ path: 'a.gguf', sizeBytes: null, sha256: null }], storage = openFakeStorage(), values = {}, addModel }: Given = {}) {
  const added: string[] = []
  const audit = new FakeAudit()
  const catalogue: Catalogue = { version: 1, readAt: '', entries: [entry(parts)] }
  const egress = new EgressService({ rules: door.rules, questions: null as never, door: door.door, ledger: door.ledger, clock: systemClock, isHostGuarded: () => true })
  const service = new DownloadsService({
    door: door.door,
    policy: { check: (url, feature) => egress.check(url, feature), mode: () => door.rules.mode, onChange: listener => door.rules.onChange(listener) },
    ...{ storage, audit, catalogue, blockBytes, clock: systemClock, log: new FakeLog(), restMilliseconds: 1 },
    settings: { values: async () => ({ ...settings, 'models.registry': peer.url(''), ...values }) },
    modelsFolder: async () => folder,
    addModel: addModel ?? (async path => {
      added.push(path)
      return { id: `model of ${path}` } as Model
    }),
  })
  services.push(service)
  service.start()
  const until = async (fits: (download: Download) => boolean): Promise<Download> => {
    const signal = AbortSignal.timeout(20_000)
    for await (const event of service.watch(signal)) {
      const found = event.type === 'snapshot' ? event.downloads.find(fits) : event.type === 'download-changed' && fits(event.download) ? event.download : undefined
      if (found) return found
    }
    throw new Error(`Never: ${JSON.stringify(service.list())}`)
  }
  return { service, added, audit, storage, until, is: (status: Download['status']) => until(download => download.status === status) }
}

const target: DownloadTarget = { kind: 'catalogue', entryId: 'a', quantization: 'Q4' }
const offer = (path: string, sizeBytes: number, seed = 1): PatternContent => {
  const content = new PatternContent(sizeBytes, seed)
  peer.files.set(`/p/r/resolve/main/${path}`, { content, etag: `"${seed}"` })
  return content
}
const tell = (files: { path: string; sizeBytes: number; sha256: string }[]): void => {
  peer.answers.set('/api/models/p/r/tree/main', { status: 200, body: JSON.stringify(files.map(({ path, sizeBytes, sha256 }) => ({ type: 'file', path, size: sizeBytes, lfs: { oid: sha256, size: sizeBytes } }))) })
}
const fails = async (work: Promise<unknown>): Promise<AppError> => await work.then(() => Promise.reject(new Error('nothing failed')), (error: unknown) => (error instanceof AppError ? error : Promise.reject(error as Error)))

describe('DownloadsService', () => {
  it('gets a file of the catalogue, holds it to its hash, and makes it a model', async () => {
    const content = offer('a.gguf', blockBytes * 5 + 7)
    const { service, added, audit, is } = open({ parts: [{ path: 'a.gguf', sizeBytes: content.sizeBytes, sha256: content.sha256 }] })
    expect(await service.plan(target)).toMatchObject({ name: 'Model A Q4', sizeBytes: content.sizeBytes, hashSource: 'catalogue', licence: 'MIT', folder, hosts: [{ host: '127.0.0.1', port: peer.port, decision: 'allowed' }] })
    const started = await service.begin(target)
    expect(started).toMatchObject({ status: expect.stringMatching(/queued|running/), name: 'Model A Q4', repository: 'p/r' })
    const done = await is('done')
    const path = join(folder, 'p', 'r', 'a.gguf')
    expect(done).toMatchObject({ id: started.id, doneBytes: content.sizeBytes, sizeBytes: content.sizeBytes, modelId: `model of ${path}`, error: null, notes: [], files: [{ path, sha256: content.sha256, hashSource: 'catalogue' }] })
    expect(added).toEqual([path])
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(content.sha256)
    expect(await readdir(join(folder, 'p', 'r'))).toEqual(['a.gguf'])
    expect(audit.kinds()).toEqual(['download.start', 'download.finish'])
    // Nothing but the file was asked for: the catalogue knows all of it.
    expect(new Set(peer.requests.map(request => request.path))).toEqual(new Set(['/p/r/resolve/main/a.gguf']))
    // Once more: it is there.
    expect((await service.begin(target)).id).toBe(started.id)
    await is('done')
    await service.remove(started.id)
    expect(service.list()).toEqual([])
    expect(existsSync(path)).toBe(true)
  })

  it('learns sizes and hashes of all parts from the registry, with the token that the settings name', async () => {
    const [one, two] = [offer('a-00001-of-00002.gguf', blockBytes * 2, 1), offer('a-00002-of-00002.gguf', blockBytes * 3, 2)]
    tell([{ path: 'a-00001-of-00002.gguf', sizeBytes: one.sizeBytes, sha256: one.sha256 }, { path: 'a-00002-of-00002.gguf', sizeBytes: two.sizeBytes, sha256: two.sha256 }])
    const { service, added, is } = open({ values: { 'models.registrySecret': 'registry' } })
    await service.begin({ kind: 'repository', repository: 'p/r', revision: 'main', file: 'a-00001-of-00002.gguf' })
    const done = await is('done')
    expect(done.files.map(({ hashSource, sha256 }) => [hashSource, sha256])).toEqual([['repository', one.sha256], ['repository', two.sha256]])
    expect(done.sizeBytes).toBe(one.sizeBytes + two.sizeBytes)
    expect(added).toEqual([join(folder, 'p', 'r', 'a-00001-of-00002.gguf')])
    expect(peer.requests.every(({ headers }) => headers.authorization === 'Bearer token-value')).toBe(true)
    expect(await service.repository('p/r', 'main')).toHaveLength(2)
  })

  it('keeps the hash that came first where nobody names one, says so, and holds the next to it', async () => {
    const content = offer('a.gguf', blockBytes * 2)
    const { service, is } = open()
    const { id } = await service.begin(target)
    const done = await is('done')
    expect(done.files[0]).toMatchObject({ sha256: content.sha256, hashSource: 'first-download' })
    expect(done.notes.at(-1)).toContain('Nobody named a hash')
    await service.remove(id)
    rmSync(join(folder, 'p'), { recursive: true })
    offer('a.gguf', blockBytes * 2, 9)
    await service.begin(target)
    const wrong = await is('quarantined')
    expect(wrong.error).toMatchObject({ code: 'DOWNLOAD_HASH_WRONG', data: { expected: content.sha256, hashSource: 'first-download' } })
    // Off the list, it is forgotten: then whatever comes is taken again.
    await service.remove(wrong.id)
    await service.begin(target)
    expect((await is('done')).files[0]?.sha256).toBe(new PatternContent(blockBytes * 2, 9).sha256)
  })

  it('sets a file with a wrong hash aside, uses it never, and gets it anew when asked', async () => {
    const content = offer('a.gguf', blockBytes * 4)
    let isCorrupt = true
    peer.fault = () => (isCorrupt ? { kind: 'corrupt', at: blockBytes + 5 } : undefined)
    const { service, added, audit, is } = open({ parts: [{ path: 'a.gguf', sizeBytes: content.sizeBytes, sha256: content.sha256 }] })
    const { id } = await service.begin(target)
    const wrong = await is('quarantined')
    const { quarantine } = wrong.error?.data as { quarantine: string }
    expect(quarantine.startsWith(join(folder, 'quarantine'))).toBe(true)
    expect(readFileSync(quarantine)).toHaveLength(content.sizeBytes)
    expect([added, await readdir(join(folder, 'p', 'r'))]).toEqual([[], []])
    expect(audit.events.at(-1)).toMatchObject({ kind: 'download.fail', details: { code: 'DOWNLOAD_HASH_WRONG' } })
    isCorrupt = false
    await service.resume(id)
    expect((await is('done')).error).toBeNull()
  })

  it('asks the registry once more when a file that it vouched for is got anew', async () => {
    const [former, content] = [new PatternContent(blockBytes * 2, 8), offer('a.gguf', blockBytes * 3)]
    // The listing is behind the files, as on a mirror: first it names another hash, then none, then the right one.
    tell([{ path: 'a.gguf', sizeBytes: content.sizeBytes, sha256: former.sha256 }])
    const { service, is } = open()
    const { id } = await service.begin({ kind: 'repository', repository: 'p/r', revision: 'main', file: 'a.gguf' })
    await is('quarantined')
    peer.answers.delete('/api/models/p/r/tree/main')
    await service.resume(id)
    expect((await is('quarantined')).error).toMatchObject({ code: 'DOWNLOAD_HASH_WRONG', data: { expected: former.sha256, hashSource: 'repository' } })
    tell([{ path: 'a.gguf', sizeBytes: content.sizeBytes, sha256: content.sha256 }])
    await service.resume(id)
    expect(await is('done')).toMatchObject({ sizeBytes: content.sizeBytes, files: [{ sha256: content.sha256, hashSource: 'repository' }] })
  })

  it('starts nothing that the policy refuses, and names the grant; what waits for one goes on when it is given', async () => {
    const content = offer('a.gguf', blockBytes * 2)
    const { service, is } = open({ parts: [{ path: 'a.gguf', sizeBytes: content.sizeBytes, sha256: content.sha256 }] })
    const grants = door.rules.grants()
    for (const { id } of grants) door.rules.revoke(id)
    const refused = await fails(service.begin(target))
    expect([refused.code, refused.data]).toEqual(['DOWNLOAD_NEEDS_GRANT', { host: '127.0.0.1', port: peer.port, feature: 'models', mode: 'offline', rule: expect.stringContaining('offline') }])
    expect((await fails(service.repository('p/r', 'main'))).code).toBe('DOWNLOAD_NEEDS_GRANT')
    expect([service.list(), peer.requests]).toEqual([[], []])
    expect((await service.plan(target)).hosts[0]?.decision).toBe('refused')

    const grant = door.rules.grant({ feature: 'models', host: `127.0.0.1:${peer.port}`, isLocal: true })
    peer.restMilliseconds = 50
    await service.begin(target)
    await is('running')
    door.rules.revoke(grant.id)
    expect((await is('paused')).error).toMatchObject({ code: 'DOWNLOAD_NEEDS_GRANT', data: { port: peer.port } })
    peer.restMilliseconds = 0
    door.rules.grant({ feature: 'models', host: `127.0.0.1:${peer.port}`, isLocal: true })
    await is('done')
  })

  it('follows the registry to its file servers, whom it tells no token, and names the one that is not allowed', async () => {
    const content = new PatternContent(blockBytes * 3)
    const files = await startRangePeer()
    try {
      files.files.set('/blob', { content, etag: '"a"' })
      peer.redirects.set('/p/r/resolve/main/a.gguf', `http://localhost:${files.port}/blob?signed=yes`)
      const { service, is } = open({ parts: [{ path: 'a.gguf', sizeBytes: content.sizeBytes, sha256: content.sha256 }], values: { 'models.registrySecret': 'registry' } })
      await service.begin(target)
      expect((await is('paused')).error).toMatchObject({ code: 'DOWNLOAD_NEEDS_GRANT', data: { host: 'localhost', port: files.port } })
      expect(files.requests).toEqual([])
      door.rules.grant({ feature: 'models', host: `localhost:${files.port}`, isLocal: true })
      await is('done')
      expect(peer.requests.every(({ headers }) => headers.authorization === 'Bearer token-value')).toBe(true)
      expect(files.requests.every(({ headers }) => headers.authorization === undefined && headers.range?.startsWith('bytes='))).toBe(true)
    } finally {
      await files.close()
    }
  })

  it('joins a second download of the same file, queues beyond the setting, pauses, resumes and cancels', async () => {
    peer.restMilliseconds = 60
    for (const name of ['a', 'b', 'c']) offer(`${name}.gguf`, blockBytes * 100, name.charCodeAt(0))
    const { service, until, is } = open({ values: { 'downloads.parallel': 1 } })
    const ask = (name: string): Promise<Download> => service.begin({ kind: 'repository', repository: 'p/r', revision: 'main', file: `${name}.gguf` })
    const [first, same, second, third] = await Promise.all([ask('a'), ask('a'), ask('b'), ask('c')])
    expect(same.id).toBe(first.id)
    expect(service.list()).toHaveLength(3)
    await until(({ id, status }) => id === first.id && status === 'running')
    expect(service.list().filter(({ status }) => status === 'queued')).toHaveLength(2)
    await until(({ id, doneBytes }) => id === first.id && doneBytes > 0)
    expect((await service.pause(first.id)).status).toBe('paused')
    expect((await service.cancel(third.id)).status).toBe('cancelled')
    await until(({ id, status }) => id === second.id && status === 'running')
    await service.cancel(second.id)
    expect(await readdir(join(folder, 'p', 'r'))).toEqual(['a.gguf.part', 'a.gguf.part.blocks'].filter(name => existsSync(join(folder, 'p', 'r', name))))
    peer.restMilliseconds = 0
    await service.resume(first.id)
    expect((await is('done')).id).toBe(first.id)
    expect((await fails(service.pause('nobody'))).code).toBe('DOWNLOAD_NOT_FOUND')
  })

  it('goes on after a restart of the host with what ran, and leaves alone what was paused', async () => {
    peer.restMilliseconds = 20
    const content = offer('a.gguf', blockBytes * 20)
    const storage = openFakeStorage()
    const before = open({ storage })
    const { id } = await before.service.begin(target)
    await before.until(({ doneBytes }) => doneBytes > blockBytes * 4)
    await before.service.dispose()
    peer.restMilliseconds = 0
    peer.sent.length = 0
    const after = open({ storage })
    const done = await after.is('done')
    expect(done).toMatchObject({ id, sizeBytes: content.sizeBytes })
    expect(peer.sent.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThan(content.sizeBytes)
    expect(open({ storage }).service.list()).toMatchObject([{ id, status: 'done' }])
  })

  it('is done, and says why, where what came is no model that can be used', async () => {
    offer('a.gguf', blockBytes)
    const { service, is } = open({ addModel: () => Promise.reject(new AppError('MODEL_FILE_INVALID', { path: 'a', reason: 'no' })) })
    await service.begin(target)
    expect(await is('done')).toMatchObject({ modelId: null, error: { code: 'MODEL_FILE_INVALID' } })
  })

  it('gets an address, held to a hash that a person gave; and takes a file that lies there already', async () => {
    const content = offer('x.gguf', blockBytes)
    const url = peer.url('/p/r/resolve/main/x.gguf')
    const { service, is, until } = open()
    const { id } = await service.begin({ kind: 'address', url, sha256: content.sha256 })
    expect((await is('done')).files[0]).toMatchObject({ hashSource: 'person', sha256: content.sha256 })
    await service.remove(id)
    peer.requests.length = 0
    await service.begin({ kind: 'address', url, sha256: content.sha256 })
    await is('done')
    expect(peer.requests).toEqual([])
    await service.remove(service.list()[0]!.id)
    writeFileSync(join(folder, '127.0.0.1', 'x.gguf'), 'something else')
    const other = await service.begin({ kind: 'address', url, sha256: content.sha256 })
    expect((await until(({ id: its, status }) => its === other.id && status === 'paused')).error?.code).toBe('FILE_EXISTS')
  })

  it('keeps apart what only has a name in common: another address, revision or hash', async () => {
    const [one, two] = [offer('x.gguf', blockBytes, 1), new PatternContent(blockBytes, 2)]
    peer.files.set('/other/x.gguf', { content: two, etag: '"2"' })
    const { service, added, until } = open()
    const finish = async ({ id }: Download): Promise<Download> => await until(download => download.id === id && download.status === 'done')
    const first = await finish(await service.begin({ kind: 'address', url: peer.url('/p/r/resolve/main/x.gguf') }))
    const second = await finish(await service.begin({ kind: 'address', url: peer.url('/other/x.gguf') }))
    expect([first, second].map(({ files }) => files[0]?.sha256)).toEqual([one.sha256, two.sha256])
    expect(new Set(added).size).toBe(2)
    expect((await service.begin({ kind: 'address', url: peer.url('/other/x.gguf') })).id).toBe(second.id)
    expect((await service.begin({ kind: 'address', url: peer.url('/other/x.gguf'), sha256: one.sha256 })).id).not.toBe(second.id)

    peer.files.set('/p/r/resolve/next/x.gguf', { content: two, etag: '"2"' })
    const ask = async (revision: string): Promise<Download> => finish(await service.begin({ kind: 'repository', repository: 'p/r', revision, file: 'x.gguf' }))
    expect([(await ask('main')).files[0]?.sha256, (await ask('next')).files[0]?.sha256]).toEqual([one.sha256, two.sha256])
  })

  it('vouches for no file that it did not fetch', async () => {
    const content = offer('a.gguf', blockBytes)
    const { service, added, is } = open()
    mkdirSync(join(folder, 'p', 'r'), { recursive: true })
    writeFileSync(join(folder, 'p', 'r', 'a.gguf'), 'whatever this is')
    const { id } = await service.begin(target)
    expect((await is('paused')).error?.code).toBe('FILE_EXISTS')
    rmSync(join(folder, 'p', 'r', 'a.gguf'))
    await service.resume(id)
    expect([(await is('done')).files[0]?.sha256, added.length]).toEqual([content.sha256, 1])
  })

  it('never begins what was paused, cancelled or removed while it was queued or about to begin', async () => {
    for (const act of ['pause', 'cancel', 'remove'] as const) {
      for (let ticks = 0; ticks < 12; ticks++) {
        const name = `${act}-${ticks}.gguf`
        offer(name, blockBytes * 4)
        const { service } = open()
        const { id } = await service.begin({ kind: 'repository', repository: 'p/r', revision: 'main', file: name })
        for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
        await service[act](id)
        const asked = peer.requests.length
        await sleep(5)
        expect(peer.requests.length).toBe(asked)
        expect(service.list().map(({ status }) => status)).toEqual(act === 'remove' ? [] : [act === 'pause' ? 'paused' : 'cancelled'])
        if (act !== 'pause') expect((await readdir(join(folder, 'p', 'r')).catch(() => [] as string[])).filter(file => file.startsWith(name))).toEqual([])
      }
    }
  })

  it('does in the order in which it was asked: a resume waits for a cancel, and a removed one does not come back', async () => {
    peer.restMilliseconds = 20
    const content = offer('a.gguf', blockBytes * 20)
    const { service, is, until } = open({ parts: [{ path: 'a.gguf', sizeBytes: content.sizeBytes, sha256: content.sha256 }] })
    const { id } = await service.begin(target)
    await until(({ doneBytes }) => doneBytes > blockBytes)
    peer.restMilliseconds = 0
    const [, resumed] = await Promise.all([service.cancel(id), service.resume(id)])
    expect(['queued', 'running']).toContain(resumed.status)
    expect((await is('done')).files[0]?.sha256).toBe(content.sha256)
    const [, late] = await Promise.all([service.remove(id), fails(service.resume(id))])
    expect([late.code, service.list()]).toEqual(['DOWNLOAD_NOT_FOUND', []])
  })
})
