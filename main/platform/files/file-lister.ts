/** Names the files below a folder, ignored ones left out. */
export interface FileLister {
  /** Relative paths, `/` between parts, in lists as they come; ends when the signal aborts. */
  list(folder: string, signal: AbortSignal): AsyncIterable<string[]>
}
