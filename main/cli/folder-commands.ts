import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { LibraryFolder } from '#shared/contract/library.ts'
import type { Client } from '#shared/contract/index.ts'
import { errorText } from '#shared/error-text.ts'
import { plain } from './plain-command.ts'
import { printableLines } from './printable.ts'
import { runCommand, type RunOptions } from './run-command.ts'
import { UsageError } from './usage-error.ts'

/** `cortex models folders|remove-folder`. */
export function addFolderCommands(models: Command, host: () => RunOptions): void {
  const json = (command: Command): Command => plain(command).option('--json', 'print JSON')

  json(models.command('folders').description('The folders that were added, with the models in each; they are looked through again at each start.')).action(
    async (options: { json?: boolean }) => await runCommand(host(), async client => {
      const folders = await foldersOf(client)
      say(options, folders, folders.length === 0 ? 'No folder was added.\n' : folders.map(folderLine).join(''))
    }),
  )

  json(models.command('remove-folder').description('Look through a folder no more: its models leave the list, and its files stay.').argument('<folder>')).action(
    async (folder: string, options: { json?: boolean }) => await runCommand(host(), async client => {
      const path = resolve(folder)
      const folders = await foldersOf(client)
      // What lies in a folder that was never added is nobody's to take off the list.
      if (!folders.some(one => one.path === path)) throw new UsageError({ what: `${path} was not added.`, why: folders.length === 0 ? 'No folder was.' : `Those that were: ${folders.map(one => one.path).join(', ')}.`, action: 'See them with cortex models folders.' })
      await client.library.removeFolder({ path })
      say(options, { removed: path }, 'It is looked through no more. Its models are off the list; its files stay.\n')
    }),
  )
}

async function foldersOf(client: Client): Promise<LibraryFolder[]> {
  for await (const { folders } of await client.library.watch()) return folders
  throw new Error('The host said nothing of its folders')
}

function folderLine({ path, models, skipped, error }: LibraryFolder): string {
  const counted = [`${models} ${models === 1 ? 'model' : 'models'}`, ...(skipped > 0 ? [`${skipped} not taken`] : [])].join(', ')
  return `${path}  ${error ? errorText(error.code, error.data).what : counted}\n`
}

function say({ json: isJson }: { json?: boolean }, value: unknown, text: string): void {
  process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : printableLines(text))
}
