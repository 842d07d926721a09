export interface ListOptions {
  /** Also what .gitignore and its kin leave out; never what lies in .git and node_modules. */
  hasIgnored?: boolean
}

/** Names the files below a folder, ignored ones left out. */
export interface FileLister {
  /** Relative paths, `/` between parts, in lists as they come; ends when the signal aborts. */
  list(folder: string, signal: AbortSignal, options?: ListOptions): AsyncIterable<string[]>
}
