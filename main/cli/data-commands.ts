import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Client } from '#shared/contract/index.ts'
import type { StorageState } from '#shared/contract/storage.ts'
import { AppError } from '#shared/errors.ts'
import { errorTextOf } from '#shared/error-text.ts'
import { keychainEntryLeft } from '#shared/keychain-words.ts'
import { sizeWords } from '#shared/size-words.ts'
import { plain } from './plain-command.ts'
import { readHidden } from './read-hidden.ts'
import { runCommand } from './run-command.ts'
import { UsageError } from './usage-error.ts'

interface Json {
  json?: boolean
}

const kindNames: Record<StorageState['kinds'][number]['kind'], string> = {
  conversations: 'Conversations', unsaved: 'Unsaved text', layout: 'Layout', secrets: 'Secrets', audit: 'Audit log', ledger: 'Ledger', other: 'Everything else',
  'prompt-states': 'Prompt states', backups: 'Backups', damaged: 'Damaged databases', settings: 'Settings', logs: 'Logs',
}

/** `cortex data …`: what is kept on this machine, as a whole. */
export function addDataCommands(program: Command, host: () => { entryFolder: string; model: string | null }): void {
  const data = plain(program.command('data')).description('What Cortex keeps on this machine: sizes, backups, export, erasure.')
  const add = (name: string, description: string, work: (client: Client, options: Json & Record<string, unknown>, path: string) => Promise<void>): Command =>
    plain(data.command(name))
      .description(description)
      .option('--json', 'print JSON')
      .action(async (...given: unknown[]) => {
        // Commander gives the arguments, then the options, then the command itself.
        const options = given.at(-2) as Json & Record<string, unknown>
        const path = typeof given[0] === 'string' ? resolve(given[0]) : ''
        await runCommand(host(), async client => {
          await work(client, options, path)
        })
      })

  add('status', 'Say what is kept, how large, and when it was last backed up.', async ({ storage }, { json }) => {
    for await (const state of await storage.watch()) {
      print(json, state, statusLines(state))
      return
    }
  })
  add('backup', 'Write an encrypted backup now and check every page of it.', async ({ storage }, { json }) => {
    const backup = await storage.backUp()
    print(json, backup, [`Backup ${backup.number} of ${sizeWords(backup.sizeBytes)} was written and checked.`])
  })
  add('check', 'Check every page and index of the database; ends with 1 where something is wrong.', async ({ storage }, { json }) => {
    const { problems } = await storage.check()
    print(json, { problems }, problems.length === 0 ? ['Every page and index is as it was written.'] : problems)
    if (problems.length > 0) throw new AppError('STORAGE_DAMAGED', { path: 'cortex.db' })
  })
  add('restore', 'Put the newest good backup in the place of the database, which is set aside and stays on disk.', async ({ storage }, { json }) => {
    const restored = await storage.restore()
    print(json, restored, [`The backup of ${time(restored.backupAt)} is in place. What was kept since then is in the file that was set aside.`])
  })
  add('start-anew', 'Begin with an empty database; the present one is set aside and stays on disk.', async ({ storage }, { json }) => {
    const { setAside } = await storage.startAnew()
    print(json, { setAside }, [setAside === null ? 'An empty database was begun.' : `An empty database was begun. The former one is ${setAside}.`])
  })
  add('rekey', 'Encrypt the database with a new key; backups under the old key are replaced by a new one.', async ({ storage }, { json }) => {
    await storage.rekey()
    print(json, { isDone: true }, ['The database and its backup have a new key.'])
  })
  add('export', 'Write conversations, unsaved text and settings to one file, sealed with a passphrase that is asked for. Secrets, keys, audit log and ledger stay here.', async ({ storage }, { json }, path) => {
    const made = await storage.exportTo({ path, passphrase: await newPassphrase() })
    print(json, made, [`${made.path} was written: ${sizeWords(made.sizeBytes)}.`])
  }).argument('<file>', 'a file that does not exist yet')
  add('import', 'Add what an exported file holds; what is here already stays. A backup is made first.', async ({ storage }, { json }, path) => {
    const imported = await storage.importFrom({ path, passphrase: await passphrase('Passphrase of the file: ') })
    print(json, imported, [`${imported.conversations} conversations and ${imported.documents} other things were added. ${imported.isSettingsTaken ? 'The settings were taken over.' : 'Your settings stay as they are.'}`, ...(imported.settingsLeftOut.length > 0 ? [`Left out, to be set by you: ${imported.settingsLeftOut.join(', ')}.`] : [])])
  }).argument('<file>', 'an exported file')
  add('erase', 'Destroy the keys, then delete everything that this profile keeps, backups included. Asks for the word erase.', async ({ storage }, { json }) => {
    const word = await readHidden('Everything is lost for good, backups too. Type erase to go on: ')
    if (word?.trim() !== 'erase') throw new UsageError({ what: 'Nothing was erased.', why: 'The word was not given.', action: 'Type erase when you are asked.' })
    const { isKeychainEntryLeft } = await storage.erase({ confirmation: 'erase' })
    print(json, { isErased: true, isKeychainEntryLeft }, ['The keys are destroyed and everything is deleted. Cortex begins anew at its next start.', ...(isKeychainEntryLeft ? [keychainEntryLeft] : [])])
  })
}

async function passphrase(prompt: string): Promise<string> {
  const given = await readHidden(prompt)
  if (!given) throw new UsageError({ what: 'Nothing was done.', why: 'No passphrase came.', action: 'Type it when you are asked, or give it as the first line of stdin.' })
  return given
}

async function newPassphrase(): Promise<string> {
  const first = await passphrase('Passphrase for the file, at least 8 characters: ')
  if (first.length < 8) throw new UsageError({ what: 'Nothing was exported.', why: 'The passphrase has fewer than 8 characters.', action: 'Choose a longer one.' })
  if (!process.stdin.isTTY) return first
  if ((await passphrase('The same once more: ')) !== first) throw new UsageError({ what: 'Nothing was exported.', why: 'The two passphrases are not the same.', action: 'Try again.' })
  return first
}

function statusLines(state: StorageState): string[] {
  const [backup] = state.backups
  const width = Math.max(...state.kinds.map(({ kind }) => kindNames[kind].length), 'Last backup'.length) + 2
  const row = (name: string, value: string): string => `${name.padEnd(width)}${value}`
  return [
    ...state.kinds.map(({ kind, sizeBytes, count, protection }) => row(kindNames[kind], [sizeWords(sizeBytes), count === null ? '' : String(count), protection === 'encrypted' ? 'encrypted' : 'no content'].filter(Boolean).join(', '))),
    row('Last backup', backup ? time(backup.at) : 'none'),
    ...(state.restored ? [`A backup of ${time(state.restored.backupAt)} took the place of a damaged database on ${time(state.restored.at)}.`] : []),
    ...state.damaged.map(name => `A damaged database was set aside: ${name}`),
    ...[state.problem, state.backupProblem].flatMap(problem => (problem ? [Object.values(errorTextOf(problem)).join(' ')] : [])),
    ...(state.isClockDoubted ? ['Nothing is deleted by age for now: the clock moved further than time can have passed.'] : []),
  ]
}

function print(isJson: boolean | undefined, value: unknown, lines: readonly string[]): void {
  process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : lines.map(line => `${line}\n`).join(''))
}

function time(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ')
}
