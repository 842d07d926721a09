import { Argument, type Command } from 'commander'
import type { Client } from '#shared/contract/index.ts'
import { SlotKind, type VaultState } from '#shared/contract/vault.ts'
import { keychainEntryLeft } from '#shared/keychain-words.ts'
import { lockWords } from '../platform/vault/lock-words.ts'
import { plain } from './plain-command.ts'
import { readHiddenLines } from './read-hidden.ts'
import { runCommand, type RunOptions } from './run-command.ts'
import { vaultState } from './unlock-at-terminal.ts'
import { UsageError } from './usage-error.ts'

interface Output {
  json?: boolean
}

const kindWords: Record<SlotKind, string> = { keychain: 'keychain', passphrase: 'passphrase', recovery: 'recovery code', file: 'unprotected key file' }

/** `cortex vault …`: the key of the profile and the ways to it. Passphrases and codes come from the terminal or from stdin, a line each. */
export function addVaultCommands(program: Command, host: () => RunOptions): void {
  const vault = plain(program.command('vault')).description('The key of what Cortex keeps, and the ways to it. Passphrases and codes are asked at the terminal or read from stdin, a line each.')
  const add = (parent: Command, name: string, description: string): Command => plain(parent.command(name)).description(description).option('--json', 'print JSON')
  const run = async (options: Output, work: (client: Client) => Promise<object | null>, words: (result: object | null) => string, isVaultAsked = true): Promise<void> => {
    await runCommand({ ...host(), isVaultAsked }, async client => {
      const result = await work(client)
      process.stdout.write(options.json === true ? `${JSON.stringify(result ?? {})}\n` : words(result))
    })
  }

  add(vault, 'status', 'Whether the vault is open, why not, and which ways there are to its key.').action(async (options: Output) => {
    await run(options, vaultState, state => describe(state as VaultState), false)
  })
  add(vault, 'unlock', 'Open the vault of the running Cortex with the passphrase, or with --recovery-code.')
    .option('--recovery-code', 'use the recovery code; it is used up, and the new one is printed')
    .action(async (options: Output & { recoveryCode?: boolean }) => {
      const work = async (client: Client): Promise<object | null> => {
        const [secret] = await readHiddenLines([options.recoveryCode ? 'Recovery code: ' : 'Passphrase: '])
        if (options.recoveryCode) return await client.vault.recover({ recoveryCode: given(secret) })
        await unlock(client, given(secret))
        return null
      }
      await run(options, work, result => `The vault is open.\n${codeWords(result)}`, false)
    })
  add(vault, 'lock', 'Lock the vault of the running Cortex.').action(async (options: Output) => {
    await run(options, async client => nothing(await client.vault.lock()), () => 'The vault is locked.\n', false)
  })
  add(vault, 'passphrase', 'Set the passphrase, or change it; at least 12 characters. From stdin: the current one if there is one, then the new one.').action(async (options: Output) => {
    await run(options, setPassphrase, () => 'The passphrase is set.\n')
  })
  add(vault, 'recovery-code', 'Make a recovery code and print it, this one time. One that was made before opens nothing any more.').action(async (options: Output) => {
    await run(options, async client => await client.vault.makeRecoveryCode(), codeWords)
  })
  add(vault, 'keychain', 'Keep a key in the keychain of this system, so that Cortex opens by itself.').action(async (options: Output) => {
    await run(options, async client => nothing(await client.vault.useKeychain()), () => 'The keychain opens the vault.\n')
  })
  const slots = plain(vault.command('slots')).description('The ways to the key.')
  add(slots, 'remove', 'Remove one; the last one stays.')
    .addArgument(new Argument('<kind>').choices(SlotKind.options))
    .action(async (kind: string, options: Output) => {
      await run(options, async client => await client.vault.removeSlot({ kind: SlotKind.parse(kind) }), result => `The ${kindWords[SlotKind.parse(kind)]} is removed.\n${isEntryLeft(result) ? `${keychainEntryLeft}\n` : ''}`)
    })
  add(vault, 'rotate', 'Renew the key of the vault and everything that wraps it. Asks for the passphrase where one is set; prints the new recovery code where there was one.').action(async (options: Output) => {
    const work = async (client: Client): Promise<object> => {
      const hasPassphrase = (await vaultState(client)).slots.some(slot => slot.kind === 'passphrase')
      const [passphrase] = hasPassphrase ? await readHiddenLines(['Passphrase: ']) : [null]
      return await client.vault.rotate({ passphrase: hasPassphrase ? given(passphrase) : null })
    }
    await run(options, work, result => `The key is renewed.\n${codeWords(result)}`)
  })
}

/** As `vault recovery-code` prints one. */
const codeForm = /^([0-9A-Z]{4}-){8}[0-9A-Z]{4}$/i

async function unlock(client: Client, passphrase: string): Promise<void> {
  try {
    await client.vault.unlock({ passphrase })
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'VAULT_WRONG_PASSPHRASE' && codeForm.test(passphrase.trim())) {
      throw new UsageError({ what: 'The vault stays locked.', why: 'This is not its passphrase; it has the form of a recovery code.', action: 'Give a code to `cortex vault unlock --recovery-code`.' })
    }
    throw error
  }
}

async function setPassphrase(client: Client): Promise<null> {
  const hasOne = (await vaultState(client)).slots.some(slot => slot.kind === 'passphrase')
  const isAsked = process.stdin.isTTY
  const lines = await readHiddenLines([...(hasOne ? ['Current passphrase: '] : []), 'New passphrase: ', ...(isAsked ? ['Once more: '] : [])])
  const current = hasOne ? given(lines.shift()) : null
  const passphrase = given(lines.shift())
  if (isAsked && lines.shift() !== passphrase) throw new UsageError({ what: 'The passphrase was not set.', why: 'The two were not the same.', action: 'Try again.' })
  await client.vault.setPassphrase({ passphrase, current })
  return null
}

function given(secret: string | null | undefined): string {
  if (!secret) throw new UsageError({ what: 'Nothing was given.', why: 'The passphrase or code is read from the terminal, or from stdin where that is none.', action: 'Try again, or pipe it in.' })
  return secret
}

const nothing = (_done: unknown): null => null
const isEntryLeft = (result: object | null): boolean => result !== null && 'isKeychainEntryLeft' in result && result.isKeychainEntryLeft === true

function codeWords(result: object | null): string {
  const code = result && 'recoveryCode' in result && typeof result.recoveryCode === 'string' ? result.recoveryCode : null
  return code === null ? '' : `Recovery code: ${code}\nWrite it down and keep it away from this machine. It is shown only now.\n`
}

function describe({ status, reason, slots, isProtected, keychain }: VaultState): string {
  const lines = [status === 'open' ? 'The vault is open.' : `The vault is locked: ${reason ? lockWords[reason] : 'no key opens it'}.`]
  for (const { kind, backend, createdAt } of slots) lines.push(`${kindWords[kind]}${backend === null ? '' : ` (${backend})`}  since ${createdAt.toISOString().slice(0, 10)}`)
  if (!isProtected && slots.length > 0) lines.push('Unprotected: the key file lies beside the database. Run cortex vault passphrase.')
  if (!slots.some(slot => slot.kind === 'recovery') && isProtected) lines.push('No recovery code: run cortex vault recovery-code.')
  lines.push(`Keychain of this system: ${keychain ?? 'none that answers'}`)
  return `${lines.join('\n')}\n`
}
