import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Client } from '#shared/contract/index.ts'
import type { FileLabel, LabelsSnapshot } from '#shared/contract/labels.ts'
import { plain } from './plain-command.ts'
import { printable } from './printable.ts'
import { runCommand } from './run-command.ts'

/** `cortex labels [path…]`. */
export function addLabelsCommands(program: Command, host: () => { entryFolder: string; model: string | null }): void {
  plain(program.command('labels'))
    .description('Say how sensitive files are and by which rule: public, internal (local models only) or secret (never read by AI). Of a folder, or this one without a path: how many of its files have which label, and which are secret.')
    .argument('[path...]', 'files, or one folder')
    .option('--json', 'print JSON')
    .action(async (paths: string[], options: { json?: boolean }) => await runCommand(host(), async client => { await showLabels(client, paths, options.json === true) }))
}

export async function showLabels(client: Client, paths: readonly string[], isJson: boolean): Promise<void> {
  const [first = '.', ...more] = paths
  if (more.length === 0 && isFolder(first)) return showFolder(client, resolve(first), isJson)
  const labels = await Promise.all(paths.map(async path => ({ ...(await client.labels.explain({ path: resolve(path) })), path })))
  process.stdout.write(isJson ? `${JSON.stringify(labels)}\n` : labels.map(line).join(''))
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

async function showFolder(client: Client, path: string, isJson: boolean): Promise<void> {
  const { id: workspaceId } = await client.workspaces.open({ path })
  for await (const snapshot of await client.labels.watch({ workspaceId })) {
    // The first one comes before the files are counted.
    if (snapshot.counts === null) continue
    process.stdout.write(isJson ? `${JSON.stringify(snapshot)}\n` : summary(snapshot, snapshot.counts))
    return
  }
}

function summary({ secretFiles, problems, folderFile, userFile }: LabelsSnapshot, counts: NonNullable<LabelsSnapshot['counts']>): string {
  const figures = `secret    ${counts.secret}\ninternal  ${counts.internal}\npublic    ${counts.public}\n`
  const broken = problems.map(({ source, message }) => `${source === 'user' ? userFile : folderFile}: ${message}\n`)
  const closed = broken.length > 0 ? 'While the rules cannot be read, every file counts as secret.\n' : ''
  return [figures, ...broken, closed, ...secretFiles.map(line)].join('')
}

function line({ label, path, rule, why }: FileLabel): string {
  return `${printable(`${label.padEnd(8)}  ${path}  (${rule}: ${why})`)}\n`
}
