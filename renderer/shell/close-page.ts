import { useFeatureList } from './feature-list.ts'
import { dropPage, usePages } from './pages.ts'
import { useSession } from './session.ts'

/** Ids of pages closed in this window, last first, with what it takes to open them again in their folder. */
const closed: { workspaceId: string | undefined; id: string; kind: string; title: string; description?: string }[] = []
const mostClosed = 20

/** Closes a tab after its kind agreed; answers whether it is gone. */
export async function closePage(id: string): Promise<boolean> {
  const page = usePages.getState().pages.find(other => other.id === id)
  if (!page) return true
  const kind = useFeatureList.getState().pageKinds.get(page.kind)
  if (kind?.beforeClose && !(await kind.beforeClose(page))) return false
  dropPage(id)
  requestAnimationFrame(focusWhatStands)
  closed.unshift({ workspaceId: useSession.getState().workspace?.id, id, kind: page.kind, title: page.title, ...(page.description === undefined ? {} : { description: page.description }) })
  closed.length = Math.min(closed.length, mostClosed)
  return true
}

/** Focus that stood in a closed tab goes to the one in front instead of nowhere. */
function focusWhatStands(): void {
  if (document.activeElement !== document.body) return
  const tab = document.querySelector<HTMLElement>('.dv-active-group .dv-active-tab')
  tab?.focus()
}

/** Closes several in turn and stops at the first that stays. */
export async function closePages(ids: readonly string[]): Promise<boolean> {
  for (const id of ids) if (!(await closePage(id))) return false
  return true
}

/** The page closed last that is not open now. */
export function takeClosedPage(): (typeof closed)[number] | null {
  const workspaceId = useSession.getState().workspace?.id
  const { pages } = usePages.getState()
  const index = closed.findIndex(page => page.workspaceId === workspaceId && !pages.some(other => other.id === page.id))
  return closed.splice(index, index < 0 ? 0 : 1)[0] ?? null
}
