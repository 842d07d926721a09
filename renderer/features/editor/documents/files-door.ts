import type { UnsavedBuffer } from '#shared/contract/buffers.ts'
import type { FileContent, FileEntry } from '#shared/contract/files.ts'

export interface WriteRequest {
  path: string
  text: string
  encoding: FileContent['encoding']
  lineEnding: FileContent['lineEnding']
  /** Null writes whatever stands there. */
  expectedVersion: string | null
}

/** What the documents need of the host, for one workspace. */
export interface FilesDoor {
  read: (path: string) => Promise<FileContent>
  write: (request: WriteRequest) => Promise<{ version: string }>
  stat: (path: string) => Promise<FileEntry | null>
  keep: (buffer: { path: string; text: string; baseVersion: string | null }) => Promise<void>
  discard: (path: string) => Promise<void>
  listKept: () => Promise<UnsavedBuffer[]>
}

/** What is done to the text when it is saved. */
export interface SaveRules {
  trimTrailingWhitespace: boolean
  insertFinalNewline: boolean
}

/** The code of a foreseen error, or null. */
export function codeOf(failure: unknown): string | null {
  return typeof failure === 'object' && failure !== null && 'code' in failure && typeof failure.code === 'string' ? failure.code : null
}
