import type { Secret } from '#shared/contract/secrets.ts'
import type { Tone } from '../../ui/tone.tsx'
import { whenText } from '../../ui/when.ts'

/** What is known of the vault, as much of it as these words need. */
export interface VaultFacts {
  slots: readonly { kind: string; backend: string | null }[]
  isProtected: boolean
}

/** Where the values are and what opens them; never better than it is. */
export function keptWords(vault: VaultFacts | null): { text: string; isProtected: boolean } {
  if (!vault) return { text: 'Kept in the vault.', isProtected: true }
  if (!vault.isProtected) return { text: 'Kept in the vault; its key lies in an unprotected key file beside it.', isProtected: false }
  const keychain = vault.slots.find(slot => slot.kind === 'keychain')
  if (keychain) return { text: `Kept in the vault; its key is in ${keychain.backend ?? 'the keychain'}.`, isProtected: true }
  return { text: 'Kept in the vault; its key is wrapped by your passphrase.', isProtected: true }
}

export function stateWords({ state, expiresAt }: Secret, now = new Date()): { text: string; tone: Tone } {
  if (expiresAt === null) return { text: 'valid', tone: 'ok' }
  if (state === 'expired') return { text: 'expired', tone: 'error' }
  if (state === 'valid') return { text: 'valid', tone: 'ok' }
  const days = Math.ceil((expiresAt.getTime() - now.getTime()) / 86_400_000)
  return { text: days <= 1 ? 'ends within a day' : `ends in ${days} days`, tone: 'warn' }
}

export function usesWords({ uses, lastUsedAt }: Secret): string {
  return lastUsedAt === null ? 'never' : `${uses.toLocaleString('en')} ${uses === 1 ? 'time' : 'times'}, last ${whenText(lastUsedAt)}`
}

export function dayWords(date: Date | null): string {
  return date === null ? 'never' : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
}

/** `2027-01-31` as its last second here; null for an empty field. */
export function endOfDay(day: string): Date | null {
  const date = new Date(`${day}T23:59:59`)
  return day === '' || Number.isNaN(date.getTime()) ? null : date
}

/** For a date field: the day here. */
export function dayOf(date: Date | null): string {
  return date === null ? '' : new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}
