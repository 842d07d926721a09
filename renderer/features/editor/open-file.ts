import { create } from 'zustand'
import { openPage, updatePage, usePages } from '../../shell/pages.ts'
import { documentOf, isUntitled } from './documents/document-state.ts'
import { holdKeysFor } from './early-keys.ts'
import { fileKind, pageIdOf, pageOf, pathOfPage } from './page-ids.ts'
import { documents, rememberFile } from './the-documents.ts'

/** What the command `editor.open` takes. Lines and columns count from 1. */
export interface OpenRequest {
  path: string
  line?: number
  column?: number
  /** A preview tab gives way to the next one. */
  isPreview?: boolean
  /** False leaves the focus where it is. */
  takesFocus?: boolean
}

export interface Reveal {
  line: number | null
  column: number
  /** `if-free`: only where nothing else has it, as after a reload. */
  takesFocus: boolean | 'if-free'
  /** What had the focus when it was asked for. */
  from: Element | null
}

/** Where an editor that is about to be shown puts its cursor. */
export const useReveals = create<{ reveals: ReadonlyMap<string, Reveal> }>(() => ({ reveals: new Map() }))

export function takeReveal(path: string): void {
  useReveals.setState(state => {
    const reveals = new Map(state.reveals)
    reveals.delete(path)
    return { reveals }
  })
}

export function openFile({ path, line, column, isPreview = false, takesFocus = true }: OpenRequest): void {
  useReveals.setState(state => ({ reveals: new Map(state.reveals).set(path, { line: line ?? null, column: column ?? 1, takesFocus, from: document.activeElement }) }))
  // Where the editor stands already, the focus comes at once.
  if (takesFocus && (documentOf(path)?.status ?? 'loading') === 'loading') holdKeysFor(path)
  const id = pageIdOf(path)
  openPage(pageOf(path, isPreview))
  if (!isPreview && usePages.getState().pages.some(page => page.id === id && page.isPreview)) updatePage(id, { isPreview: false })
  if (!isUntitled(path)) rememberFile(path)
}

/** After a reload, the file in front goes on where it was. */
export function focusFrontFile(): void {
  const { pages, activeId } = usePages.getState()
  const front = pages.find(page => page.id === activeId && page.kind === fileKind)
  if (front) useReveals.setState(state => ({ reveals: new Map(state.reveals).set(pathOfPage(front), { line: null, column: 1, takesFocus: 'if-free', from: null }) }))
}

export function openUntitled(): void {
  const path = documents().nextUntitled()
  void documents().open(path)
  openFile({ path })
}

export function isOpenRequest(argument: unknown): argument is OpenRequest {
  return typeof argument === 'object' && argument !== null && 'path' in argument && typeof argument.path === 'string'
}
