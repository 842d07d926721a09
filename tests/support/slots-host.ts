import { FakeKeychain } from '../../main/platform/keychain/fake-keychain.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// A process to be killed: changes the slots of the vault in a folder without end. What it has made known stands on stdout, a line each.
const keychain = new FakeKeychain()
keychain.mode = 'absent'
const { slots } = await openVault(process.argv[2] ?? '', { keychain })
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
say({ opened: slots.vault.isOpen })
for (;;) {
  say({ code: await slots.makeRecoveryCode() })
  say({ code: await slots.rotate(null) })
  await slots.vault.renew('files', () => undefined)
  await slots.remove('recovery')
  say({ code: null })
}
