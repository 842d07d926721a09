import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DownloadsService } from '../../main/features/downloads/downloads-service.ts'
import { EgressService } from '../../main/features/egress/egress-service.ts'
import type { Model } from '../../main/shared/contract/models.ts'
import { FakeAudit } from '../../main/platform/audit/fake-audit.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { openStorage } from '../../main/platform/storage/open-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'
import type { NetworkDoor } from '../../main/platform/network/network-door.ts'
import { openDoorTo } from './open-door-to.ts'

// A host to be killed: goes on with what its state folder says was under way, else begins a download, and says how far it is.
const [state = '', port = '', sha256 = '', fetchedPath = ''] = process.argv.slice(2)
// Each stretch that it received is written down before anything is done with it: also what a kill takes from it then.
const fetched = openSync(fetchedPath, 'a')
const storage = openStorage(state, (await openVault(state)).vault, systemClock)
const door = openDoorTo([Number(port)])
const egress = new EgressService({ rules: door.rules, questions: null as never, door: door.door, ledger: door.ledger, clock: systemClock, isHostGuarded: () => true })
const noting: NetworkDoor = {
  request: async (request, signal) => {
    const response = await door.door.request(request, signal)
    let at = Number(/^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1])
    return {
      ...response,
      body: (async function* () {
        for await (const chunk of response.body) {
          writeSync(fetched, `${at} ${at + chunk.length}\n`)
          at += chunk.length
          yield chunk
        }
      })(),
    }
  },
}
const service = new DownloadsService({
  door: noting,
  policy: { check: (url, feature) => egress.check(url, feature), mode: () => door.rules.mode, onChange: listener => door.rules.onChange(listener) },
  ...{ storage, audit: new FakeAudit(), clock: systemClock, log: new FakeLog(), catalogue: { version: 1, readAt: '', entries: [] } },
  settings: { values: async () => ({ 'models.registry': '', 'models.mirrors': '', 'models.registrySecret': '', 'downloads.parallel': 1, 'downloads.connections': 4 }) },
  modelsFolder: async () => join(state, 'models'),
  addModel: async path => ({ id: path }) as Model,
})
service.start()
if (service.list().length === 0) await service.begin({ kind: 'address', url: `http://127.0.0.1:${port}/big.gguf`, sha256 })
for await (const event of service.watch()) {
  const [download] = event.type === 'snapshot' ? event.downloads : event.type === 'download-changed' ? [event.download] : []
  if (download) process.stdout.write(`${JSON.stringify({ status: download.status, doneBytes: download.doneBytes, notes: download.notes, error: download.error, path: download.files[0]?.path })}\n`)
  if (download && !['queued', 'running', 'checking'].includes(download.status)) break
}
await service.dispose()
storage.close()
