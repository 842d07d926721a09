import { create } from 'zustand'

export interface LayoutState {
  /** View in the side panel; null while it is closed. */
  sideViewId: string | null
  /** The one to show when the panel opens again. */
  lastSideViewId: string | null
  /** Pixels, by view. */
  sideWidths: Readonly<Record<string, number>>
  isBottomOpen: boolean
  bottomViewId: string | null
  bottomHeight: number
  isRightOpen: boolean
  /** In a narrow window the right dock lies over the editor; that is never kept. */
  isRightOverlayOpen: boolean
  rightViewId: string | null
  rightWidth: number
  /** What the dock serialised of its groups; only the editor area reads it. */
  dock: unknown
  /** What features keep for this workspace, each under its own key. */
  kept: Readonly<Record<string, unknown>>
}

export const sizes = {
  side: { standard: 280, min: 180, max: 640 },
  right: { standard: 400, min: 300, max: 800 },
  bottom: { standard: 240, min: 96, max: 900 },
} as const

export const firstLayout: LayoutState = {
  sideViewId: null,
  lastSideViewId: null,
  sideWidths: {},
  isBottomOpen: false,
  bottomViewId: null,
  bottomHeight: sizes.bottom.standard,
  isRightOpen: true,
  isRightOverlayOpen: false,
  rightViewId: null,
  rightWidth: sizes.right.standard,
  dock: null,
  kept: {},
}

export const useLayout = create<LayoutState>(() => firstLayout)

/** Opens a side view, or closes the panel when it is the one in front. */
export function toggleSideView(id: string): void {
  useLayout.setState(state => (state.sideViewId === id ? { sideViewId: null, lastSideViewId: id } : { sideViewId: id, lastSideViewId: id }))
}

export function showSideView(id: string): void {
  useLayout.setState({ sideViewId: id, lastSideViewId: id })
}

export function showBottomView(id: string): void {
  useLayout.setState({ isBottomOpen: true, bottomViewId: id })
}

export function showRightView(id: string): void {
  useLayout.setState({ rightViewId: id, ...(isNarrow() ? { isRightOverlayOpen: true } : { isRightOpen: true }) })
}

export function toggleRight(): void {
  useLayout.setState(state => (isNarrow() ? { isRightOverlayOpen: !state.isRightOverlayOpen } : { isRightOpen: !state.isRightOpen }))
}

/** Below this width the right dock is an overlay. */
export const narrowQuery = '(width < 1200px)'
/** Below this width the side panel is one too, and the window is one column. */
export const columnQuery = '(width < 720px)'

export function isNarrow(): boolean {
  return matchMedia(narrowQuery).matches
}

/** A feature's own view state for this workspace, kept with the layout: `explorer.expanded`. Validate what comes back. */
export function readKept(key: string): unknown {
  return useLayout.getState().kept[key]
}

export function keep(key: string, value: unknown): void {
  useLayout.setState(state => ({ kept: { ...state.kept, [key]: value } }))
}
