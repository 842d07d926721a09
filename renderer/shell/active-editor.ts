import { create } from 'zustand'

export interface EditorSelection {
  startLine: number
  endLine: number
  text: string
}

/** What the editor feature tells everybody else about the file in front. */
export interface ActiveEditor {
  path: string
  language: string
  /** Lines and columns count from 1. */
  cursor: { line: number; column: number }
  totalLines: number
  selection: EditorSelection | null
  encoding: string
  lineEnding: 'lf' | 'crlf'
  /** The text as it stands in the editor, saved or not. */
  readText: () => string
  /** What is selected at this moment; `selection` may be a frame older. */
  readSelection: () => EditorSelection | null
  insertAtCursor: (text: string) => void
}

export const useActiveEditor = create<{ editor: ActiveEditor | null }>(() => ({ editor: null }))
