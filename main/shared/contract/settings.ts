import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

export const SettingSource = z.enum(['default', 'user', 'workspace', 'command-line'])
export type SettingSource = z.infer<typeof SettingSource>

export const SettingsSnapshot = z.object({
  type: z.literal('snapshot'),
  /** Key → value in force. Keys and types: `main/shared/setting-definitions.ts`. */
  values: z.record(z.string(), z.unknown()),
  sources: z.record(z.string(), SettingSource),
  /** What is wrong in a file, in words, with the key; the default is in force there. */
  problems: z.array(z.object({ source: SettingSource, key: z.string().nullable(), message: z.string() })),
  /** Keys that the folder's file sets and that do not hold until the folder is trusted. */
  heldBack: z.array(z.string()),
  userFile: z.string(),
  workspaceFile: z.string().nullable(),
})
export type SettingsSnapshot = z.infer<typeof SettingsSnapshot>

const scope = { scope: z.enum(['user', 'workspace']), workspaceId: z.string().nullable() }

export const settings = {
  watch: oc
    .route({ method: 'GET', summary: 'Every setting with its value and where that comes from, now and as files change.' })
    .input(z.object({ workspaceId: z.string().nullable() }))
    .output(eventIterator(SettingsSnapshot)),
  set: oc
    .route({ method: 'POST', summary: 'Set one key in the user or workspace file, comments kept; null takes it out again.' })
    .input(z.object({ ...scope, key: z.string(), value: z.unknown() }))
    .output(z.void())
    .errors(may('SETTING_UNKNOWN', 'SETTINGS_INVALID', 'WORKSPACE_NOT_FOUND', 'FILE_NOT_WRITABLE', 'DISK_FULL')),
  readFile: oc
    .route({ method: 'GET', summary: 'The text of a settings file, for editing it by hand.' })
    .input(z.object(scope))
    .output(z.object({ path: z.string(), text: z.string() }))
    .errors(may('WORKSPACE_NOT_FOUND')),
  writeFile: oc
    .route({ method: 'POST', summary: 'Replace a settings file by hand-edited text; text that is not valid is refused with its problems.' })
    .input(z.object({ ...scope, text: z.string().max(1_000_000) }))
    .output(z.void())
    .errors(may('SETTINGS_INVALID', 'WORKSPACE_NOT_FOUND', 'FILE_NOT_WRITABLE', 'DISK_FULL')),
}
