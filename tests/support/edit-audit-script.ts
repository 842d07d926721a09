import { systemClock } from '../../main/platform/clock/clock.ts'
import { openStorage } from '../../main/platform/storage/open-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// Edits what an entry of a closed profile's audit log says, as somebody with the key of its database can. argv: the profile's folder, the entry.
const [folder = '', sequence = ''] = process.argv.slice(2)
const { vault } = await openVault(folder)
const storage = openStorage(folder, vault, systemClock)
storage.prepare('DROP TRIGGER audit_entries_never_change').run()
storage.prepare<[string, number]>('UPDATE audit_entries SET subject = ? WHERE sequence = ?').run('src/another.ts', Number(sequence))
storage.close()
