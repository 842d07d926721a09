import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SelfTestService } from '../../main/features/self-test/self-test-service.ts'
import { FakeAudit } from '../../main/platform/audit/fake-audit.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { systemKeychain } from '../../main/platform/keychain/system-keychain.ts'
import { openFakeStorage } from '../../main/platform/storage/fake-storage.ts'
import { FakeVault } from '../../main/platform/vault/fake-vault.ts'
import { unconfined } from '../../main/platform/workers/confinement.ts'
import { NodeLauncher } from '../../main/platform/workers/node-launcher.ts'
import { runProbe } from '../../main/platform/workers/run-probe.ts'
import { SystemConfiner } from '../../main/platform/workers/system-confiner.ts'
import { attemptAll } from '../../native/probe/attempts.ts'

// Runs the egress self-test in the network that this process has, and prints the result with its signed report.
const [mode = '', folder = ''] = process.argv.slice(2)
mkdirSync(join(folder, 'state'), { recursive: true })
writeFileSync(join(folder, 'state', 'cortex.db'), 'secret')
const log = new FakeLog()
const confiner = new SystemConfiner({
  hidden: [folder],
  isOff: mode === 'off',
  probe: async (program, options) => (program === 'bwrap' && mode === 'namespace' ? 'missing' : await runProbe(program, options)),
})
const launcher = new NodeLauncher({ log, confiner })
const storage = openFakeStorage()
const service = new SelfTestService({
  launcher,
  confined: [
    { process: 'inference', confinement: () => ({ network: 'none', files: 'listed', reads: () => [] }) },
    { process: 'keeper', confinement: () => ({ network: 'none', files: 'own' }) },
    { process: 'keychain', confinement: () => systemKeychain({ launcher, environment: { DBUS_SESSION_BUS_ADDRESS: `unix:${mode === 'abstract' ? 'abstract' : 'path'}=/run/bus` } }).confinement?.() ?? unconfined },
  ],
  attemptFromHost: sinks => attemptAll(sinks, process.execPath),
  isHostGuarded: () => false,
  hostKind: 'node',
  home: folder,
  version: '0.0.0',
  isEnforcementOff: mode === 'off',
  storage,
  vault: new FakeVault(),
  audit: new FakeAudit(),
  clock: systemClock,
  log,
})
for await (const event of service.run(false)) if (event.type === 'end') process.stdout.write(JSON.stringify({ ...event, report: service.report().text }))
storage.close()
