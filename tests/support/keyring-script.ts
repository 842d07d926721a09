import { execFileSync } from 'node:child_process'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { systemKeychain } from '../../main/platform/keychain/system-keychain.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'
import { NodeLauncher } from '../../main/platform/workers/node-launcher.ts'

// Runs inside a session bus of its own with a real keyring, and prints what became of the vault there, as JSON.
const [folder = ''] = process.argv.slice(2)
const keychain = systemKeychain({ launcher: new NodeLauncher({ log: new FakeLog() }), environment: { ...process.env, CORTEX_KEYCHAIN: 'on' } })
const code = async (work: Promise<unknown>): Promise<unknown> => await work.then(value => value, (error: { data?: { reason: string } }) => error.data?.reason ?? 'unknown')

const result: Record<string, unknown> = { name: await keychain.name(), missing: await keychain.getPassword('Cortex', 'nobody') }
await keychain.setPassword('Cortex', 'a test', 's3cr3t-ünï')
result['read'] = await keychain.getPassword('Cortex', 'a test')
result['deleted'] = [await keychain.deletePassword('Cortex', 'a test'), await keychain.deletePassword('Cortex', 'a test')]

const first = await openVault(folder, { keychain })
result['slots'] = first.slots.slots.map(slot => slot.kind)
const key = first.vault.key('database').toString('hex')
const begun = performance.now()
const again = await openVault(folder, { keychain })
result['openMilliseconds'] = Math.round(performance.now() - begun)
result['opened'] = again.vault.isOpen && again.vault.key('database').toString('hex') === key
const recovery = await first.slots.makeRecoveryCode()

lock()
const locked = await openVault(folder, { keychain })
result['lockedReason'] = locked.slots.vault.reason
result['readLocked'] = await code(keychain.getPassword('Cortex', again.slots.vault.content?.profile ?? '', { limitMilliseconds: 1500 }))
await locked.slots.recover(recovery)
result['recovered'] = locked.vault.isOpen && locked.vault.key('database').toString('hex') === key
process.stdout.write(`${JSON.stringify(result)}\n`)
process.exit(0)

function lock(): void {
  execFileSync('dbus-send', ['--session', '--print-reply', '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock', 'array:objpath:/org/freedesktop/secrets/collection/login'])
}
