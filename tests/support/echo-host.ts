import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { unconfined } from '../../main/platform/workers/confinement.ts'
import { NodeLauncher } from '../../main/platform/workers/node-launcher.ts'
import { SupervisedWorker } from '../../main/platform/workers/supervised-worker.ts'
import type { echo } from './echo-contract.ts'

// A host to be killed: starts one worker, keeps it busy for ever, and prints its process id.
const entry = process.argv[2] ?? ''
const log = new FakeLog()
const launcher = new NodeLauncher({ log, resolveEntry: () => entry })
const worker = new SupervisedWorker<typeof echo>({ launcher, clock: systemClock, log, spec: { name: 'echo', entry: 'echo', env: {}, confinement: unconfined } })
await worker.client.say('ready')
void worker.client.hang()
process.stdout.write(String((await worker.process())?.pid))
