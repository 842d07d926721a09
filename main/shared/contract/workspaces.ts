import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

export const Workspace = z.object({
  id: z.string(),
  name: z.string(),
  /** Absolute, symlinks resolved. */
  path: z.string(),
  /** The same with `~` for the home folder. */
  displayPath: z.string(),
})
export type Workspace = z.infer<typeof Workspace>

export const RecentFolder = z.object({
  path: z.string(),
  displayPath: z.string(),
  name: z.string(),
  openedAt: z.date(),
  isMissing: z.boolean(),
})
export type RecentFolder = z.infer<typeof RecentFolder>

export const FolderListing = z.object({
  path: z.string(),
  displayPath: z.string(),
  parent: z.string().nullable(),
  home: z.string(),
  folders: z.array(z.object({ name: z.string(), path: z.string(), isHidden: z.boolean(), isReadable: z.boolean() })),
  isTruncated: z.boolean(),
})
export type FolderListing = z.infer<typeof FolderListing>

export const WorkspaceEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), workspaces: z.array(Workspace), recent: z.array(RecentFolder) }),
  /** Another start or the command line asked for this folder; a window may offer to switch to it. */
  z.object({ type: z.literal('folder-requested'), workspace: Workspace }),
])
export type WorkspaceEvent = z.infer<typeof WorkspaceEvent>

const folderErrors = may('FOLDER_NOT_FOUND', 'FOLDER_UNREADABLE', 'NOT_A_FOLDER')

export const workspaces = {
  open: oc
    .route({ method: 'POST', summary: 'Open a folder by absolute path; opening it again gives the same workspace.' })
    .input(z.object({ path: z.string().min(1) }))
    .output(Workspace)
    .errors(folderErrors),
  get: oc
    .route({ method: 'GET', summary: 'One open workspace by its id; a folder opened before a restart is opened again.' })
    .input(z.object({ workspaceId: z.string() }))
    .output(Workspace)
    .errors(may('WORKSPACE_NOT_FOUND', 'FOLDER_NOT_FOUND', 'FOLDER_UNREADABLE', 'NOT_A_FOLDER')),
  recent: oc.route({ method: 'GET', summary: 'Folders opened before, newest first, at most 20.' }).output(z.array(RecentFolder)),
  forget: oc
    .route({ method: 'POST', summary: 'Take a folder off the recent list; nothing on disk changes.' })
    .input(z.object({ path: z.string() }))
    .output(z.void()),
  browse: oc
    .route({ method: 'GET', summary: 'Sub-folders of a folder, for the folder picker; the home folder when no path is given. At most 2,000.' })
    .input(z.object({ path: z.string().optional() }))
    .output(FolderListing)
    .errors(folderErrors),
  watch: oc.route({ method: 'GET', summary: 'Open workspaces and recent folders, now and as they change.' }).output(eventIterator(WorkspaceEvent)),
}
