import { create } from 'zustand'
import type { FileContent } from '#shared/contract/files.ts'

/** An error as it came from the host: a code of the catalogue with its data, or something unforeseen. */
export type Failure = unknown

export interface DocumentState {
  path: string
  status: 'loading' | 'ready' | 'failed'
  /** Why the file cannot be shown. */
  failure: Failure
  language: string
  isDirty: boolean
  isSaving: boolean
  /** Version on disk that the text was made from; null for a buffer that never had a file. */
  version: string | null
  encoding: FileContent['encoding']
  lineEnding: FileContent['lineEnding']
  hasInvalidText: boolean
  isReadOnly: boolean
  /** What happened on disk behind text that is not saved. */
  conflict: 'none' | 'changed' | 'deleted'
  /** The text on disk, for comparing. */
  theirs: FileContent | null
  isComparing: boolean
  saveFailure: Failure
  /** Set while unsaved text could not be kept for a restart. */
  keepFailure: Failure
}

interface DocumentsState {
  documents: ReadonlyMap<string, DocumentState>
  /** Unsaved buffers that the host keeps and that were not opened yet. */
  kept: ReadonlySet<string>
}

export const useDocuments = create<DocumentsState>(() => ({ documents: new Map(), kept: new Set() }))

export function documentOf(path: string): DocumentState | undefined {
  return useDocuments.getState().documents.get(path)
}

export function isDirty(path: string): boolean {
  const { documents, kept } = useDocuments.getState()
  return documents.get(path)?.isDirty ?? kept.has(path)
}

const untitled = /^untitled:(\d+)$/

export function isUntitled(path: string): boolean {
  return untitled.test(path)
}

/** The name of a tab: `Untitled 1`, or the file's name. */
export function untitledNumber(path: string): number | null {
  const digits = untitled.exec(path)?.[1]
  return digits ? Number(digits) : null
}

export function emptyDocument(path: string): DocumentState {
  return {
    path, status: 'loading', failure: null, language: 'plaintext', isDirty: false, isSaving: false, version: null, encoding: 'utf-8', lineEnding: 'lf',
    hasInvalidText: false, isReadOnly: false, conflict: 'none', theirs: null, isComparing: false, saveFailure: null, keepFailure: null,
  }
}

export function putDocument(document: DocumentState): void {
  useDocuments.setState(state => ({ documents: new Map(state.documents).set(document.path, document) }))
}

export function changeDocument(path: string, change: Partial<Omit<DocumentState, 'path'>>): void {
  useDocuments.setState(state => {
    const standing = state.documents.get(path)
    if (!standing) return state
    const isSame = Object.entries(change).every(([key, value]) => standing[key as keyof DocumentState] === value) // keys of `change` are keys of the state
    return isSame ? state : { documents: new Map(state.documents).set(path, { ...standing, ...change }) }
  })
}

export function dropDocument(path: string): void {
  useDocuments.setState(state => {
    const documents = new Map(state.documents)
    documents.delete(path)
    return { documents }
  })
}

export function setKept(change: (kept: Set<string>) => void): void {
  useDocuments.setState(state => {
    const kept = new Set(state.kept)
    change(kept)
    return { kept }
  })
}
