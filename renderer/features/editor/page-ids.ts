import { nameOf, shownName } from '#shared/relative-path.ts'
import type { Page } from '../../shell/feature.ts'
import { isDirty, untitledNumber } from './documents/document-state.ts'

export const fileKind = 'file'

export function pageIdOf(path: string): string {
  return `file:${path}`
}

export function pathOfPage(page: Pick<Page, 'id'>): string {
  return page.id.slice('file:'.length)
}

export function pageOf(path: string, isPreview: boolean): Page {
  const number = untitledNumber(path)
  return {
    id: pageIdOf(path),
    kind: fileKind,
    title: number === null ? shownName(nameOf(path)) : `Untitled ${number}`,
    description: number === null ? shownName(path) : 'Not saved to a file yet',
    isDirty: isDirty(path),
    isPreview,
  }
}
