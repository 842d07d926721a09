import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

export const FolderTrust = z.object({
  type: z.literal('snapshot'),
  /** False is the state of every folder until a person trusts it: nothing in it runs or decides how Cortex works. */
  isTrusted: z.boolean(),
  /** The trusted folder that this one is or lies in, with `~` for the home folder; null while restricted. */
  through: z.string().nullable(),
  /** The folder above, where trusting it can be offered: never the home folder or what holds it. */
  parent: z.string().nullable(),
})
export type FolderTrust = z.infer<typeof FolderTrust>

/** Something of a folder that would run, or that would tell an editor or a model what to do. */
export const TrustFinding = z.object({
  /** Within the folder, `/` between parts. */
  path: z.string(),
  kind: z.enum(['task', 'hook', 'settings', 'tool', 'container', 'script', 'rules', 'configuration']),
  /** What it would do, in a few words. */
  note: z.string(),
  /** Characters in it that cannot be seen and that ordinary writing does not need there. */
  invisibleCount: z.number().int(),
  /** What was found of them, in words; empty where nothing was. */
  invisibleDetail: z.string(),
})
export type TrustFinding = z.infer<typeof TrustFinding>

/** A folder that a person trusts, with all that lies in it. */
export const TrustedFolder = z.object({
  /** Absolute, links resolved when it was trusted. */
  path: z.string(),
  /** The same with `~` for the home folder. */
  displayPath: z.string(),
  grantedAt: z.date(),
})
export type TrustedFolder = z.infer<typeof TrustedFolder>

const workspace = z.object({ workspaceId: z.string() })
const workspaceErrors = may('WORKSPACE_NOT_FOUND', 'FOLDER_NOT_FOUND', 'FOLDER_UNREADABLE', 'NOT_A_FOLDER')

/** Workspace trust: a folder runs and configures nothing until a person trusts its real path. */
export const trust = {
  watch: oc
    .route({ method: 'GET', summary: 'Whether a folder is trusted, through which folder, now and as it changes.' })
    .input(workspace)
    .output(eventIterator(FolderTrust))
    .errors(workspaceErrors),
  review: oc
    .route({ method: 'GET', summary: 'What a folder holds that would run or give orders, with the invisible characters in it; nothing of it is run to find out. At most 200.' })
    .input(workspace)
    .output(z.array(TrustFinding))
    .errors(workspaceErrors),
  grant: oc
    .route({ method: 'POST', summary: 'Trust a folder and everything in it, or the folder above it; recorded in the audit log first.' })
    .input(workspace.extend({ scope: z.enum(['folder', 'parent']).default('folder') }))
    .output(z.void())
    .errors({ ...workspaceErrors, ...may('STORAGE_LOCKED', 'STORAGE_DAMAGED', 'STORAGE_FULL') }),
  list: oc.route({ method: 'GET', summary: 'The trusted folders, by path.' }).output(z.array(TrustedFolder)).errors(may('STORAGE_LOCKED', 'STORAGE_DAMAGED')),
  revokePath: oc
    .route({ method: 'POST', summary: 'Take trust away from one listed folder by its path, which need not exist any more; nothing happens where it is not listed.' })
    .input(z.object({ path: z.string() }))
    .output(z.void())
    .errors(may('STORAGE_LOCKED', 'STORAGE_DAMAGED', 'STORAGE_FULL')),
  revoke: oc
    .route({ method: 'POST', summary: 'Take trust away from a folder: from the folder above too, where it came from there.' })
    .input(workspace)
    .output(z.void())
    .errors({ ...workspaceErrors, ...may('STORAGE_LOCKED', 'STORAGE_DAMAGED', 'STORAGE_FULL') }),
}
