export interface FileStat {
  /** What stands at the end of a link; a link to nothing is `other`. */
  kind: 'file' | 'folder' | 'other'
  isLink: boolean
  sizeBytes: number
  modifiedAt: Date
}

export interface FolderItem {
  name: string
  kind: 'file' | 'folder' | 'link' | 'other'
}

/** What stands at the end of a path, whatever it is called there. */
export interface FileIdentity {
  /** Device and inode: the same for all hard links of a file. */
  key: string
  kind: FileStat['kind']
  /** Names that it has on its disk. */
  links: number
  /** Changes with the content or the status of the file. */
  revision: string
}

export interface ReadResult {
  sizeBytes: number
  /** Null when the file holds more than the limit. */
  bytes: Uint8Array | null
}

/**
 * The one door to the disk. Paths are absolute. A refusal of the operating system is thrown as it came, with its `code`
 * (`ENOENT`, `EACCES`, `ENOSPC`): `file-errors.ts` turns it into an error for people.
 */
export interface Files {
  /** Null where nothing stands. */
  stat(path: string): Promise<FileStat | null>
  /** Follows links; null where nothing stands. */
  identity(path: string): Promise<FileIdentity | null>
  items(folder: string): Promise<FolderItem[]>
  /** The path without links in it. */
  realPath(path: string): Promise<string>
  canRead(path: string): Promise<boolean>
  canWrite(path: string): Promise<boolean>
  /** All bytes of a regular file of at most `limitBytes`; a link at the end is followed unless that is refused, with `ELOOP`. */
  read(path: string, limitBytes: number, options?: { followsLink?: boolean }): Promise<ReadResult>
  /** Puts `bytes` in place of whatever stands there, whole or not at all; on return they survive a loss of power. */
  replace(path: string, bytes: Uint8Array): Promise<void>
  /** A new empty file; `EEXIST` when something stands there. */
  createFile(path: string): Promise<void>
  /** A folder and those above it; content to find them there. */
  createFolder(path: string): Promise<void>
  /** Never overwrites: `EEXIST` when something stands at `to`. */
  move(from: string, to: string): Promise<void>
  /** To the system's trash. */
  trash(path: string): Promise<void>
}
