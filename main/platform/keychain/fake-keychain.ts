import { AppError } from '#shared/errors.ts'
import { startLimitMilliseconds, type Keychain, type KeychainCall } from './keychain.ts'

/** A keychain in memory that can be absent, locked, hanging or failing. */
export class FakeKeychain implements Keychain {
  mode: 'works' | 'absent' | 'locked' | 'hangs' | 'fails' = 'works'
  calls = 0
  readonly entries = new Map<string, string>()

  async name(call?: KeychainCall): Promise<string | null> {
    return await this.#answer(call, () => 'Fake keychain').catch(() => null)
  }

  async getPassword(service: string, account: string, call?: KeychainCall): Promise<string | null> {
    return await this.#answer(call, () => this.entries.get(keyOf(service, account)) ?? null)
  }

  async setPassword(service: string, account: string, password: string, call?: KeychainCall): Promise<void> {
    await this.#answer(call, () => this.entries.set(keyOf(service, account), password))
  }

  async deletePassword(service: string, account: string, call?: KeychainCall): Promise<boolean> {
    return await this.#answer(call, () => this.entries.delete(keyOf(service, account)))
  }

  async #answer<T>(call: KeychainCall | undefined, work: () => T): Promise<T> {
    this.calls++
    if (this.mode === 'works') return work()
    if (this.mode === 'hangs') await new Promise(resolve => setTimeout(resolve, Math.min(call?.limitMilliseconds ?? startLimitMilliseconds, 20)))
    throw new AppError('KEYCHAIN_UNAVAILABLE', { reason: ({ absent: 'absent', locked: 'locked', hangs: 'no-answer', fails: 'refused' } as const)[this.mode] })
  }
}

const keyOf = (service: string, account: string): string => `${service}\n${account}`
