import { create } from 'zustand'
import type { Page } from './feature.ts'

interface PagesState {
  pages: readonly Page[]
  activeId: string | null
  /** Counts every call for a page, also for the one in front. */
  calls: number
}

/** The tabs of the editor area. The dock draws what stands here. */
export const usePages = create<PagesState>(() => ({ pages: [], activeId: null, calls: 0 }))

/** Opens a tab, or brings the one with this id to the front. A preview tab takes the place of the preview that stands. */
export function openPage(page: Page): void {
  usePages.setState(state => {
    const standing = state.pages.find(other => other.id === page.id)
    if (standing) {
      const merged = { ...standing, ...page, isDirty: standing.isDirty ?? false, isPreview: (standing.isPreview ?? false) && (page.isPreview ?? false) }
      return { pages: state.pages.map(other => (other.id === page.id ? merged : other)), activeId: page.id, calls: state.calls + 1 }
    }
    const kept = page.isPreview ? state.pages.filter(other => !other.isPreview || other.isDirty) : state.pages
    return { pages: [...kept, page], activeId: page.id, calls: state.calls + 1 }
  })
}

export function updatePage(id: string, change: Partial<Omit<Page, 'id' | 'kind'>>): void {
  usePages.setState(state => ({ pages: state.pages.map(page => (page.id === id ? { ...page, ...change } : page)) }))
}

/** Takes the tab away without asking; the command `pages.close` asks first. */
export function dropPage(id: string): void {
  usePages.setState(state => {
    const index = state.pages.findIndex(page => page.id === id)
    const pages = state.pages.filter(page => page.id !== id)
    const next = state.activeId === id ? (pages[Math.min(index, pages.length - 1)]?.id ?? null) : state.activeId
    return { pages, activeId: next }
  })
}

export function activatePage(id: string): void {
  usePages.setState(state => ({ activeId: id, calls: state.calls + 1 }))
}
