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
  /** Null as well while a match of the editor's own search is selected: nobody chose it. */
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
