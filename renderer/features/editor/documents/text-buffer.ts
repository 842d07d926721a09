/** The text of an open file as the documents see it: Monaco's model in the window, a plain string in tests. */
export interface TextBuffer {
  readonly language: string
  /** The whole text, lines ended by `\n`. */
  read: () => string
  /** Characters; cheap where `read` is not. */
  length: () => number
  /** Makes the text this one by the smallest edit, which the person can undo. */
  replace: (text: string) => void
  /** A number that comes back when undo or redo leads back to the same text. */
  state: () => number
  setLineEnding: (lineEnding: 'lf' | 'crlf') => void
  onChange: (listener: () => void) => () => void
  dispose: () => void
}

export type MakeBuffer = (options: { path: string; text: string; lineEnding: 'lf' | 'crlf' }) => Promise<TextBuffer>
