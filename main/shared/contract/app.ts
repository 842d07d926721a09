import { oc } from '@orpc/contract'
import { z } from 'zod'

export const AppInfo = z.object({
  version: z.string(),
  hostKind: z.enum(['electron', 'node']),
  platform: z.string(),
  nodeVersion: z.string(),
  /** The folder that holds all of Cortex's state, as a person would write it (`~` for home). */
  stateFolder: z.string(),
  homeFolder: z.string(),
  pid: z.number().int(),
})
export type AppInfo = z.infer<typeof AppInfo>

export const app = {
  info: oc.route({ method: 'GET', summary: 'Version, platform and state folder of the running host.' }).output(AppInfo),
}
