import type { Client } from '#shared/contract/index.ts'
import type { VaultState } from '#shared/contract/vault.ts'
import { readHiddenLines } from './read-hidden.ts'

/** Asks for the passphrase at the terminal where only that is missing; an empty line leaves the vault locked. */
export async function unlockAtTerminal(client: Client): Promise<void> {
  if (!process.stdin.isTTY) return
  const { status, slots, reason } = await vaultState(client)
  if (status === 'open' || reason === 'locked-by-person' || !slots.some(slot => slot.kind === 'passphrase')) return
  const [passphrase] = await readHiddenLines(['Passphrase of the vault (empty to go on without what is kept): '])
  if (passphrase) await client.vault.unlock({ passphrase })
}

/** The vault's state now. */
export async function vaultState(client: Client): Promise<VaultState> {
  for await (const state of await client.vault.watch()) return state
  throw new Error('The vault told nothing')
}
