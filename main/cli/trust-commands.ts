import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { TrustedFolder } from '#shared/contract/trust.ts'
import { plain } from './plain-command.ts'
import { runCommand, type RunOptions } from './run-command.ts'

interface JsonOption {
  json?: boolean
}

/** `cortex trust …`. */
export function addTrustCommands(program: Command, host: () => RunOptions): void {
  const trust = plain(program.command('trust')).description('Which folders may run something and decide how Cortex works. Every folder is restricted until you trust it.')
  const command = (words: string, description: string): Command => plain(trust.command(words)).description(description).option('--json', 'print JSON')
  const say = (isJson: boolean | undefined, value: unknown, text: string): void => {
    process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : text)
  }

  command('list', 'List the trusted folders.').action(
    async ({ json }: JsonOption) => await runCommand(host(), async client => {
      const folders = await client.trust.list()
      say(json, folders, folders.length === 0 ? 'No folder is trusted.\n' : folders.map(line).join(''))
    }),
  )
  command('grant <folder>', 'Trust a folder and everything in it.').action(
    async (folder: string, { json }: JsonOption) => await runCommand(host(), async client => {
      const { id: workspaceId, path } = await client.workspaces.open({ path: resolve(folder) })
      const findings = await client.trust.review({ workspaceId })
      await client.trust.grant({ workspaceId })
      const held = findings.map(({ path: its, note }) => `  ${its}  ${note}\n`).join('')
      say(json, { path, isTrusted: true, findings }, `Trusted: ${path}\n${held === '' ? '' : `It holds what tools run or obey:\n${held}`}`)
    }),
  )
  command('revoke <folder>', 'Restrict a folder again; where it was trusted through a folder above it, that one too. It may be gone from the disk.').action(
    async (folder: string, { json }: JsonOption) => await runCommand(host(), async client => {
      const path = resolve(folder)
      const before = await client.trust.list()
      if (before.some(one => one.path === path)) await client.trust.revokePath({ path })
      else await client.trust.revoke({ workspaceId: (await client.workspaces.open({ path })).id })
      const left = new Set((await client.trust.list()).map(one => one.path))
      const revoked = before.filter(one => !left.has(one.path))
      say(json, revoked, revoked.length === 0 ? `${path} was not trusted.\n` : revoked.map(one => `Restricted: ${one.displayPath}\n`).join(''))
    }),
  )
}

function line({ displayPath, grantedAt }: TrustedFolder): string {
  return `${displayPath}  since ${grantedAt.toLocaleDateString('en-GB')}\n`
}
