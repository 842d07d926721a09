import { readFile } from 'node:fs/promises'
import { app, safeStorage } from 'electron/main'
import { z } from 'zod'
import { AppError } from '#shared/errors.ts'
import { errnoOf } from '../platform/files/file-errors.ts'
import { replaceFile } from '../platform/files/replace-file.ts'
import { startLimitMilliseconds, type Keychain, type KeychainCall } from '../platform/keychain/keychain.ts'
import { TurnTaker } from '../platform/live/turn-taker.ts'

/** Electron's own ciphertexts by service and account, in base64. */
const Entries = z.record(z.string(), z.record(z.string(), z.base64()))
type Entries = z.infer<typeof Entries>

/** On Linux this prefix says that the key stands in Chromium's source: obfuscation, no keychain. Elsewhere the keychain's own has it. */
const hardCodedPrefix = 'v10'
const portalPrefix = 'v12'

interface Options {
  /** Where the ciphertexts are kept. */
  path: string
  platform?: string
}

/** Electron's storage of secrets: the system's keychain, or on Linux the portal of a sandboxed package. Absent where it would only obfuscate. */
export function safeStorageKeychain({ path, platform = process.platform }: Options): Keychain {
  const turns = new TurnTaker()

  const backend = async (): Promise<string | null> => {
    await app.whenReady()
    if (!(await safeStorage.isAsyncEncryptionAvailable())) return null
    if (platform === 'darwin') return 'macOS Keychain'
    if (platform === 'win32') return 'Windows DPAPI'
    // Electron calls itself available with no keyring at all; only what it writes tells.
    const prefix = (await safeStorage.encryptStringAsync('probe')).subarray(0, hardCodedPrefix.length).toString('latin1')
    if (prefix === hardCodedPrefix) return null
    return prefix === portalPrefix ? 'Secret portal' : 'Secret Service'
  }
  const ask = <T>(work: () => Promise<T>, { limitMilliseconds = startLimitMilliseconds }: KeychainCall = {}): Promise<T> =>
    turns.take('', async () => await within(limitMilliseconds, async () => {
      if ((await backend()) === null) throw new AppError('KEYCHAIN_UNAVAILABLE', { reason: 'absent' })
      return await work()
    }))
  const change = async (edit: (entries: Entries) => void): Promise<void> => {
    const entries = await read(path)
    edit(entries)
    await replaceFile(path, Buffer.from(JSON.stringify(entries)))
  }

  return {
    name: async ({ limitMilliseconds = startLimitMilliseconds } = {}) => await within(limitMilliseconds, backend).catch(() => null),
    getPassword: (service, account, call) => ask(async () => {
      const kept = (await read(path))[service]?.[account]
      return kept === undefined ? null : (await safeStorage.decryptStringAsync(Buffer.from(kept, 'base64'))).result
    }, call),
    setPassword: (service, account, password, call) => ask(async () => {
      const bytes = (await safeStorage.encryptStringAsync(password)).toString('base64')
      await change(entries => {
        entries[service] = { ...entries[service], [account]: bytes }
      })
    }, call),
    deletePassword: (service, account, call) => ask(async () => {
      if ((await read(path))[service]?.[account] === undefined) return false
      await change(entries => {
        const { [account]: _gone, ...rest } = entries[service] ?? {}
        entries[service] = rest
      })
      return true
    }, call),
  }
}

async function read(path: string): Promise<Entries> {
  try {
    return Entries.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return {}
    throw new AppError('KEYCHAIN_UNAVAILABLE', { reason: 'refused' }, { cause: error })
  }
}

/** Electron's calls wait for a person without end, and reject while one does. */
async function within<T>(limitMilliseconds: number, work: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new AppError('KEYCHAIN_UNAVAILABLE', { reason: 'no-answer' })), limitMilliseconds)
  try {
    return await Promise.race([work(), late.promise])
  } catch (error) {
    if (error instanceof AppError) throw error
    const isWaiting = error instanceof Error && error.message.includes('temporarily unavailable')
    throw new AppError('KEYCHAIN_UNAVAILABLE', { reason: isWaiting ? 'no-answer' : 'refused' }, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
