import { expect, it } from 'vitest'
import type { Download } from '#shared/contract/downloads.ts'
import { setLink } from '../../rpc/client.ts'
import { askForDownload, startOrResume } from './ask-for-download.ts'
import { useModelsView } from './models-view-store.ts'

const stopped: Download = {
  ...{ id: 'd1', name: 'x', entryId: null, quantization: null, repository: 'p/r', host: 'h', status: 'paused', sizeBytes: null, doneBytes: 0, bytesPerSecond: null, secondsLeft: null, checkedRatio: null },
  files: [{ name: 'x.gguf', path: '/models/x.gguf', sizeBytes: null, doneBytes: 0, sha256: null, hashSource: null }],
  error: { code: 'DOWNLOAD_NEEDS_GRANT', data: { host: 'models.example', port: 8443 } },
  ...{ notes: [], addedAt: new Date(0), finishedAt: null, modelId: null },
}

it('goes on, after the grant, with the download that stopped, whatever its revision or address was', async () => {
  const calls: unknown[] = []
  setLink({ call: async (path, input) => void calls.push([path.join('.'), input]) })
  for (const download of [stopped, { ...stopped, repository: null }]) {
    askForDownload.again(download)
    const { dialog } = useModelsView.getState()
    if (dialog?.kind !== 'download') throw new Error('No dialog')
    expect(dialog).toMatchObject({ resumes: 'd1', target: download.repository === null ? { kind: 'address', url: 'http://models.example:8443/x.gguf' } : { kind: 'repository', repository: 'p/r' } })
    await startOrResume(dialog.target, dialog.resumes)
  }
  expect(calls).toEqual([['downloads.resume', { id: 'd1' }], ['downloads.resume', { id: 'd1' }]])
})
