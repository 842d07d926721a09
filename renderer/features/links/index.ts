import type { Feature } from '../../shell/feature.ts'
import { askToOpen } from './link-request.ts'
import { LinkDialog } from './link-dialog.tsx'

/** The one way out to the web: a person's own click, the whole address shown, and a second word. */
export const linksFeature: Feature = {
  id: 'links',
  background: LinkDialog,
  commands: [{ id: 'links.open', title: 'Open link', category: 'Links', isInPalette: false, run: askToOpen }],
}
