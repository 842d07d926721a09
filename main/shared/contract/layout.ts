import { oc } from '@orpc/contract'
import { z } from 'zod'

/** What a window looks like (open tabs, sizes, active panel): kept by the host, so that a renderer may die at any time. */
export const layout = {
  get: oc
    .route({ method: 'GET', summary: 'The kept layout of a workspace, or of the empty window for `workspaceId` null; null when none is kept.' })
    .input(z.object({ workspaceId: z.string().nullable() }))
    .output(z.record(z.string(), z.unknown()).nullable()),
  keep: oc
    .route({ method: 'POST', summary: 'Keep the layout of a workspace; at most 256 kB of JSON.' })
    .input(z.object({ workspaceId: z.string().nullable(), layout: z.record(z.string(), z.unknown()) }))
    .output(z.void()),
}
