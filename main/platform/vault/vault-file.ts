import { join } from 'node:path'
import { z } from 'zod'
import { writeError } from '../files/file-errors.ts'
import { keyPurposes } from './vault.ts'
import { readIfThere, writeDurably } from './write-durably.ts'

const version = 1
/** Beyond this a file is none of ours. */
const largestBytes = 1_000_000

const wrapped = z.base64().max(200)
const salt = z.base64().max(100)
const made = { createdAt: z.iso.datetime(), wrapped }

/** One way to the vault's key: how it is wrapped, never what unwraps it. */
export const KeySlot = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('keychain'), ...made, backend: z.string(), account: z.string() }),
  // The bounds keep a changed file from asking for all the memory there is, or for next to none.
  z.object({ kind: z.literal('passphrase'), ...made, salt, cost: z.number().int().min(2 ** 15).max(2 ** 20) }),
  z.object({ kind: z.literal('recovery'), ...made, salt }),
  z.object({ kind: z.literal('file'), ...made }),
])
export type KeySlot = z.infer<typeof KeySlot>
export type SlotKind = KeySlot['kind']

export const VaultContent = z.object({
  version: z.literal(version),
  profile: z.uuid(),
  /** Grows with each change. */
  revision: z.number().int().nonnegative(),
  slots: z.array(KeySlot).min(1).max(8),
  /**
   * The keys by purpose, wrapped by the vault's key; `next` while a renewal is under way. Those of a later version are kept. One that is missing is damage and
   * never a reason for a new one, which would make what the old one protected look like somebody else's.
   */
  keys: z.record(z.string(), z.object({ wrapped, next: wrapped.optional() })).refine(keys => keyPurposes.every(purpose => Object.hasOwn(keys, purpose))),
})
export type VaultContent = z.infer<typeof VaultContent>

export type LoadedVault = { status: 'absent' } | { status: 'damaged' } | { status: 'newer' } | { status: 'read'; content: VaultContent; isWhole: boolean }

export const vaultPath = (folder: string): string => join(folder, 'vault.json')
const copyPath = (folder: string): string => `${vaultPath(folder)}.bak`

/** What lies on disk; the copy counts only where the file itself does not. `isWhole` says that both are the same. Throws what the system says of a file that is there and cannot be read. */
export function loadVault(folder: string): LoadedVault {
  const bytes = [readIfThere(vaultPath(folder)), readIfThere(copyPath(folder))]
  const all = bytes.map(parse)
  const content = all.find(one => typeof one === 'object')
  if (content) return { status: 'read', content, isWhole: bytes[0] !== null && bytes[1] !== null && bytes[0] !== undefined && bytes[1] !== undefined && bytes[0].equals(bytes[1]) }
  if (all.includes('newer')) return { status: 'newer' }
  return { status: all.includes('damaged') ? 'damaged' : 'absent' }
}

/** Durable on return. The copy comes first: a removed slot is in neither once the change is done. Throws DISK_FULL or FILE_NOT_WRITABLE. */
export function saveVault(folder: string, content: VaultContent): void {
  const text = `${JSON.stringify(VaultContent.parse(content), null, 2)}\n`
  try {
    writeDurably(copyPath(folder), text)
    writeDurably(vaultPath(folder), text)
  } catch (error) {
    throw writeError(error, vaultPath(folder))
  }
}

function parse(bytes: Buffer | null): VaultContent | 'absent' | 'damaged' | 'newer' {
  if (bytes === null) return 'absent'
  if (bytes.length > largestBytes) return 'damaged'
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'))
    const read = VaultContent.safeParse(json)
    if (read.success) return read.data
    const other = z.object({ version: z.number().int().gt(version) }).safeParse(json)
    return other.success ? 'newer' : 'damaged'
  } catch {
    return 'damaged'
  }
}
