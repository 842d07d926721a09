import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import type { Confinement } from '../../main/platform/workers/confinement.ts'
import { NodeLauncher } from '../../main/platform/workers/node-launcher.ts'
import { SupervisedWorker } from '../../main/platform/workers/supervised-worker.ts'
import { SystemConfiner } from '../../main/platform/workers/system-confiner.ts'
import type { probe } from '../../native/probe/contract.ts'

// What the confinement of the model's process lets code in it read: the same launcher, the same words, another program.
const home = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-person-')))
const put = (name: string): string => {
  mkdirSync(join(home, name, '..'), { recursive: true })
  writeFileSync(join(home, name), 'canary')
  return join(home, name)
}
const model = put('models/mine.gguf')
const secrets = ['.ssh/id_ed25519', '.gnupg/key', '.aws/credentials', 'state/cortex.db', 'models/other.gguf'].map(put)
const confiner = new SystemConfiner({ hidden: [home, join(home, 'state')] })
const wanted: Confinement = { network: 'none', files: 'listed', reads: () => [model] }
const { enforced } = await confiner.confine(wanted, { executable: process.execPath, parts: [] })
const reason = enforced.reads ? '' : ` (skipped: ${enforced.reason ?? 'this system confines no files'})`
const log = new FakeLog()
const worker = new SupervisedWorker<typeof probe>({ launcher: new NodeLauncher({ log, confiner }), clock: systemClock, log, spec: { name: 'probe', entry: 'probe', env: {}, confinement: wanted } })
afterAll(async () => {
  await worker.dispose(0)
  rmSync(home, { recursive: true, force: true })
})

describe.skipIf(enforced.reads === null)(`code in the model's process${reason}`, () => {
  it('reads its model, and none of the secrets, the state, other models or other processes', async () => {
    expect(await worker.client.read({ path: model })).toEqual({ bytes: 6 })
    const answers = await Promise.all([...secrets, `/proc/${process.pid}/environ`].map(path => worker.client.read({ path })))
    expect(answers).toEqual(answers.map(() => ({ refused: expect.stringMatching(/^(ENOENT|EACCES|EPERM)$/) })))
    console.log(`Confined files: ${answers.length} of ${answers.length} reads of secrets refused to the confined process`)
  }, 30_000)

  it('has a process id that a person can find and end', async () => {
    const { pid } = (await worker.process())!
    expect(() => process.kill(pid, 0)).not.toThrow()
  })
})
