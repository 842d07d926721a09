import { describe, expect, it } from 'vitest'
import type { Download, DownloadPlan } from '#shared/contract/downloads.ts'
import type { EgressGrant } from '#shared/contract/egress.ts'
import { askWords, inOrder, leftWords, neededMode, placeOf, progressRatio, progressWords, refusedHosts, wakingGrants } from './download-words.ts'
import { afterDownloadsEvent } from './models-view-store.ts'

const download: Download = {
  id: 'a', name: 'A', entryId: null, quantization: null, repository: null, host: 'huggingface.co', files: [], status: 'running', sizeBytes: 14.3e9, doneBytes: 8.9e9, bytesPerSecond: 84e6, secondsLeft: 64, checkedRatio: null, error: null, notes: [], addedAt: new Date(1), finishedAt: null, modelId: null,
}

describe('words for downloads', () => {
  it('says how far it is, how fast, and how long', () => {
    expect([0.2, 40, 65, 3600, 4800, 7200].map(leftWords)).toEqual(['1 s', '40 s', '1 min', '1 h', '1 h 20 min', '2 h'])
    expect(progressWords(download)).toBe('8.9 GB of 14.3 GB · 84.0 MB/s · 1 min left')
    expect(progressWords({ ...download, secondsLeft: null, sizeBytes: null })).toBe('8.9 GB · 84.0 MB/s')
    expect(progressWords({ ...download, bytesPerSecond: null })).toBe('connecting')
  })

  it('says every other state', () => {
    const error = { code: 'DISK_FULL', data: { path: '/' } } as const
    expect(progressWords({ ...download, status: 'queued' })).toBe('waits for its turn')
    expect(progressWords({ ...download, status: 'checking', checkedRatio: 0.5 })).toBe('checking its hash, 50 %')
    expect(progressWords({ ...download, status: 'paused' })).toBe('paused at 8.9 GB of 14.3 GB')
    expect(progressWords({ ...download, status: 'paused', error })).toBe('stopped at 8.9 GB of 14.3 GB')
    expect(progressWords({ ...download, status: 'quarantined' })).toMatch(/hash is wrong/)
    expect(progressWords({ ...download, status: 'done' })).toBe('here, 14.3 GB')
    expect(progressWords({ ...download, status: 'done', error })).toMatch(/cannot be used/)
    expect([progressRatio(download), progressRatio({ ...download, sizeBytes: null }), progressRatio({ ...download, status: 'checking', checkedRatio: 0.3 })]).toEqual([8.9 / 14.3, null, 0.3])
  })

  it('shows what runs before what stopped and what is over', () => {
    const list = [{ ...download, id: 'done', status: 'done' as const }, { ...download, id: 'old' }, { ...download, id: 'paused', status: 'paused' as const }, { ...download, id: 'new', addedAt: new Date(2) }]
    expect(inOrder(list).map(({ id }) => id)).toEqual(['new', 'old', 'paused', 'done'])
  })

  it('asks in words for what is refused, and says which grants wake', () => {
    const hosts = [{ host: 'huggingface.co', port: 443, decision: 'refused' as const, rule: '' }, { host: 'cdn.hf.co', port: 443, decision: 'allowed' as const, rule: '' }]
    const plan: DownloadPlan = { name: 'A', sizeBytes: null, freeDiskBytes: null, folder: '/', hosts, hashSource: null, licence: null, tells: '' }
    expect(refusedHosts(plan).map(({ host }) => host)).toEqual(['huggingface.co'])
    expect(askWords('offline', ['a.example', 'b.example', 'c.example'])).toBe('Cortex is offline. To download, it changes to “only granted hosts”, and may then connect to a.example and 2 servers that it sends on to.')
    expect(askWords('list', ['a.example', 'b.example'])).toBe('Cortex may not connect to a.example and one server that it sends on to yet.')
    expect(askWords('offline', ['127.0.0.1'])).toBe('Cortex may not connect to 127.0.0.1 yet.')
    const grant: EgressGrant = { id: '1', feature: '*', host: 'npm.example', port: null, isLocal: false, createdAt: new Date(), expiresAt: null }
    const grants = [grant, grant, { ...grant, host: 'localhost', isLocal: true }, { ...grant, host: 'nas.lan', isLocal: true }]
    expect([wakingGrants('offline', 'list', grants), wakingGrants('offline', 'local', grants), wakingGrants('local', 'list', grants), wakingGrants('list', 'list', grants)]).toEqual([['npm.example', 'nas.lan'], ['nas.lan'], ['npm.example'], []])
  })

  it('changes the mode no further than the hosts need', () => {
    expect(['localhost', '127.0.0.1', '::1', '192.168.1.4', '172.20.0.1', 'nas', 'nas.lan', '172.40.0.1', 'huggingface.co'].map(placeOf)).toEqual(['machine', 'machine', 'machine', 'network', 'network', 'network', 'network', 'internet', 'internet'])
    expect([neededMode('offline', ['localhost']), neededMode('offline', ['nas.lan']), neededMode('offline', ['nas.lan', 'hf.co']), neededMode('local', ['nas.lan']), neededMode('ask', ['hf.co']), neededMode('list', ['hf.co'])]).toEqual(['offline', 'local', 'list', 'local', 'ask', 'list'])
  })

  it('follows the list', () => {
    const first = afterDownloadsEvent(null, { type: 'snapshot', downloads: [download] })
    const second = afterDownloadsEvent(first, { type: 'download-changed', download: { ...download, doneBytes: 9e9 } })
    const third = afterDownloadsEvent(second, { type: 'download-changed', download: { ...download, id: 'b' } })
    expect(third.map(({ id, doneBytes }) => [id, doneBytes])).toEqual([['a', 9e9], ['b', 8.9e9]])
    expect(afterDownloadsEvent(third, { type: 'download-removed', id: 'a' }).map(({ id }) => id)).toEqual(['b'])
  })
})
