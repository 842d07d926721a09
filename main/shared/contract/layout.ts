import { oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

const limitCharacters = 256 * 1024
const Layout = z.record(z.string(), z.unknown())

/** What a window looks like (open tabs, sizes, active panel): kept by the host, so that a renderer may die at any time. */
export const layout = {
  get: oc
    .route({ method: 'GET', summary: 'The kept layout of a workspace, or of the empty window for `workspaceId` null; null when none is kept.' })
    .input(z.object({ workspaceId: z.string().nullable() }))
    .output(Layout.nullable()),
  keep: oc
    .route({ method: 'POST', summary: 'Keep the layout of a workspace; at most 256 kB of JSON.' })
    .input(z.object({ workspaceId: z.string().nullable(), layout: Layout.refine(layout => JSON.stringify(layout).length <= limitCharacters, 'A layout is at most 256 kB of JSON') }))
    .output(z.void())
    .errors(may('STORAGE_FULL')),
}
