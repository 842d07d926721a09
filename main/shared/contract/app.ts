import { oc } from '@orpc/contract'
import { z } from 'zod'
import { errorCatalog, type ErrorCode } from '../errors.ts'

const errorCodes = Object.keys(errorCatalog) as [ErrorCode, ...ErrorCode[]]

export const AppInfo = z.object({
  version: z.string(),
  hostKind: z.enum(['electron', 'node']),
  platform: z.string(),
  nodeVersion: z.string(),
  /** The folder that holds all of Cortex's state, as a person would write it (`~` for home). */
  stateFolder: z.string(),
  homeFolder: z.string(),
  pid: z.number().int(),
  /** Whether this start goes without the model and the last layout: two starts before it failed, or the person asked. */
  isSafeMode: z.boolean(),
  /** Why conversations, unsaved text and recent folders can be neither read nor kept, if so: STORAGE_LOCKED or STORAGE_DAMAGED. */
  storageProblem: z.object({ code: z.enum(errorCodes), data: z.unknown() }).nullable(),
})
export type AppInfo = z.infer<typeof AppInfo>

export const app = {
  info: oc.route({ method: 'GET', summary: 'Version, platform and state folder of the running host.' }).output(AppInfo),
  pageState: oc
    .route({ method: 'POST', summary: 'A page says that it begins to load, and that it stands; a start whose page never stood has failed.' })
    .input(z.object({ state: z.enum(['opening', 'ready']) }))
    .output(z.void()),
  leaveSafeMode: oc.route({ method: 'POST', summary: 'Go on as usual after a safe start: the model loads and layouts are kept again.' }).output(z.void()),
}
