import { hkdfSync, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#shared/errors.ts'
import type { KeyPurpose, Vault } from './vault.ts'
import { keyBytes } from './wrap-key.ts'

/** A vault whose one key lies in the raw file `cortex.key`, made where no database is: what a profile looked like before the vault. */
export function openKeyFileVault(folder: string): Vault {
  const path = join(folder, 'cortex.key')
  const database = join(folder, 'cortex.db')
  const old = fs.existsSync(path) ? fs.readFileSync(path) : null
  const isKept = (fs.statSync(database, { throwIfNoEntry: false })?.size ?? 0) > 0
  const key = old?.length === keyBytes ? old : isKept || !fs.existsSync(folder) ? null : randomBytes(keyBytes)
  if (key && key !== old) fs.writeFileSync(path, key, { mode: 0o600 })
  const keyFor = (purpose: KeyPurpose): Buffer => {
    if (!key) throw new AppError('STORAGE_LOCKED', { path: database, reason: old ? 'its key file is damaged' : 'its key file is missing' })
    return purpose === 'database' ? key : Buffer.from(hkdfSync('sha256', key, '', `cortex ${purpose}`, keyBytes))
  }
  return {
    isOpen: key !== null,
    key: keyFor,
    candidates: purpose => [keyFor(purpose)],
    settle: () => undefined,
    renew: async () => undefined,
    onChange: () => () => undefined,
  }
}
