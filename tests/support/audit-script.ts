import { join } from 'node:path'
import { AuditLog } from '../../main/platform/audit/audit-log.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { VaultStorage } from '../../main/platform/storage/vault-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// A host to be killed: records without end in the state folder of argv, and prints the number of each entry once it is durable.
const [folder = ''] = process.argv.slice(2)
const { vault } = await openVault(folder)
const storage = new VaultStorage({ folder, vault, clock: systemClock })
const audit = new AuditLog({ storage, vault, headPath: join(folder, 'audit.head'), clock: systemClock, log: new FakeLog(), mask: text => text })
for (let number = 0; ; number++) {
  audit.record({ kind: 'secret.use', actor: 'test', outcome: 'allowed', subject: String(number) })
  if (number % 3 !== 0) continue
  audit.flush()
  if (number % 50 === 0) audit.seal('interval')
  process.stdout.write(`${audit.chain?.sequence ?? 0}\n`)
}
