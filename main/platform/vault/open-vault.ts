import { hkdfSync } from 'node:crypto'
import { join } from 'node:path'
import { AppError } from '#shared/errors.ts'
import { readOrMakeKey } from '../storage/database-key.ts'
import type { KeyPurpose, Vault } from './vault.ts'

const keyBytes = 32

/** The vault of the profile in `folder`, whose key lies in a file that only its owner can read. */
export function openVault(folder: string): Vault {
  const databasePath = join(folder, 'cortex.db')
  let key: Buffer | AppError
  try {
    key = readOrMakeKey(join(folder, 'cortex.key'), databasePath)
  } catch (error) {
    key = error instanceof AppError ? error : new AppError('STORAGE_LOCKED', { path: databasePath, reason: 'its folder may not be written' }, { cause: error })
  }
  return {
    isOpen: key instanceof Buffer,
    key(purpose: KeyPurpose): Buffer {
      if (key instanceof AppError) throw key
      return purpose === 'database' ? key : Buffer.from(hkdfSync('sha256', key, '', `cortex ${purpose}`, keyBytes))
    },
    onChange: () => () => undefined,
  }
}
