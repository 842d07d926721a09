import fs from 'node:fs/promises'

/** The calls that a durable write makes, one by one, so that a test can let each of them fail. */
export interface DiskCalls {
  open: typeof fs.open
  rename: typeof fs.rename
  unlink: typeof fs.unlink
  stat: typeof fs.stat
}

export const diskCalls: DiskCalls = { open: fs.open, rename: fs.rename, unlink: fs.unlink, stat: fs.stat }
