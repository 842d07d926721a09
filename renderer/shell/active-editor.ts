import { create } from 'zustand'

/** What the editor feature tells everybody else about the file in front. */
export interface ActiveEditor {
  path: string
  language: string
  /** Lines and columns count from 1. */
  cursor: { line: number; column: number }
  totalLines: number
  selection: { startLine: number; endLine: number; text: string } | null
  encoding: string
  lineEnding: 'lf' | 'crlf'
  /** The text as it stands in the editor, saved or not. */
  readText: () => string
  insertAtCursor: (text: string) => void
}

export const useActiveEditor = create<{ editor: ActiveEditor | null }>(() => ({ editor: null }))
