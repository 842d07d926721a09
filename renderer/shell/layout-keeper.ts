import { z } from 'zod'
import { client } from '../rpc/client.ts'
import { useCommands } from './commands.ts'
import { useFeatureList } from './feature-list.ts'
import { firstLayout, sizes, useLayout, type LayoutState } from './layout.ts'
import { usePages } from './pages.ts'

const size = (range: { standard: number; min: number; max: number }) => z.number().min(range.min).max(range.max).catch(range.standard)

const Kept = z.object({
  sideViewId: z.string().nullable().catch(null),
  lastSideViewId: z.string().nullable().catch(null),
  sideWidths: z.record(z.string(), size(sizes.side)).catch({}),
  isBottomOpen: z.boolean().catch(false),
  bottomViewId: z.string().nullable().catch(null),
  bottomHeight: size(sizes.bottom),
  isRightOpen: z.boolean().catch(true),
  rightViewId: z.string().nullable().catch(null),
  rightWidth: size(sizes.right),
  dock: z.unknown(),
  kept: z.record(z.string(), z.unknown()).catch({}),
  pages: z
    .array(z.object({ id: z.string(), kind: z.string(), title: z.string(), description: z.string().exactOptional(), isPreview: z.boolean().exactOptional() }))
    .catch([]),
  activePageId: z.string().nullable().catch(null),
  recentCommands: z.array(z.string()).catch([]),
})

const pauseMilliseconds = 400
/** What stands in the window now, while it is kept. */
let keeping: { send: () => void; sendChanges: () => void; forget: () => void } | null = null

/** Hands over the layout as it stands: the host was not able to keep what it had been given. */
export function keepLayoutNow(): void {
  keeping?.send()
}

/** Hands over what has changed since, before the host is asked for a layout that may be the same one. */
export function keepLayoutChanges(): void {
  keeping?.sendChanges()
}

/** Leaves the layout to what the host has, for a page that is about to begin again. */
export function forgetLayout(): void {
  keeping?.forget()
}

/** Reads the kept layout; what it answers puts it into the stores. A first start gets the first side view, open. */
export async function readLayout(workspaceId: string | null): Promise<() => void> {
  const raw = await client.layout.get({ workspaceId }).catch(() => null)
  return () => apply(workspaceId, raw)
}

function apply(workspaceId: string | null, raw: Record<string, unknown> | null): void {
  const kept = Kept.safeParse(raw ?? {})
  const { sideViews, pageKinds } = useFeatureList.getState()
  if (raw === null || !kept.success) {
    const first = workspaceId === null ? null : (sideViews[0]?.id ?? null)
    useLayout.setState({ ...firstLayout, sideViewId: first, lastSideViewId: first }, true)
    usePages.setState({ pages: [], activeId: null })
    return
  }
  const { pages, activePageId, recentCommands, ...layout } = kept.data
  const known = pages.filter(page => pageKinds.has(page.kind))
  useLayout.setState({ ...layout, isRightOverlayOpen: false } satisfies LayoutState, true)
  useCommands.setState({ recent: recentCommands })
  usePages.setState({ pages: known, activeId: known.some(page => page.id === activePageId) ? activePageId : (known[0]?.id ?? null) })
}

function snapshot(): Record<string, unknown> {
  const { isRightOverlayOpen: _, ...layout } = useLayout.getState()
  const { pages, activeId } = usePages.getState()
  const plain = pages.map(({ id, kind, title, description, isPreview }) => ({ id, kind, title, description, isPreview }))
  // JSON leaves out what is undefined; the wire would not.
  return JSON.parse(JSON.stringify({ ...layout, pages: plain, activePageId: activeId, recentCommands: useCommands.getState().recent })) as Record<string, unknown>
}

/** Hands the layout to the host after each change has settled, and when the page goes. Answers how to stop. */
export function keepLayout(workspaceId: string | null): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  const send = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    // Losing a layout is not worth a word; the next change sends it whole.
    client.layout.keep({ workspaceId, layout: snapshot() }).catch(() => undefined)
  }
  const later = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(send, pauseMilliseconds)
  }
  const sendChanges = (): void => {
    if (timer !== null) send()
  }
  const onHide = (): void => {
    if (document.visibilityState === 'hidden') sendChanges()
  }
  const stops = [useLayout.subscribe(later), usePages.subscribe(later), useCommands.subscribe((state, before) => state.recent !== before.recent && later())]
  window.addEventListener('pagehide', sendChanges)
  document.addEventListener('visibilitychange', onHide)
  const end = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    for (const stop of stops.splice(0)) stop()
    window.removeEventListener('pagehide', sendChanges)
    document.removeEventListener('visibilitychange', onHide)
  }
  const own = { send, sendChanges, forget: end }
  keeping = own
  return () => {
    sendChanges()
    end()
    if (keeping === own) keeping = null
  }
}
