import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Bytes of a Unix socket's path that every system takes (macOS 104, Linux 108, one for the end). */
const longestPathBytes = 103

/** Where the host of a profile listens for other processes of the same person; a pipe on Windows, else a socket in a folder of theirs alone. */
export function controlPath(stateFolder: string, platform: string = process.platform): string {
  const name = createHash('sha256').update(stateFolder).digest('hex').slice(0, 24)
  if (platform === 'win32') return `\\\\.\\pipe\\cortex-${name}`
  const path = join(stateFolder, 'control.sock')
  if (Buffer.byteLength(path) <= longestPathBytes) return path
  return join(ownFolder(join(tmpdir(), `cortex-${userInfo().uid}`)), `${name}.sock`)
}

function ownFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const facts = lstatSync(folder)
  // Anyone may make names in the temporary folder: a stranger's folder, or a link, is not used.
  if (!facts.isDirectory() || facts.uid !== userInfo().uid) throw new Error(`${folder} belongs to somebody else`)
  chmodSync(folder, 0o700)
  return folder
}
