import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { errnoOf } from '../../platform/files/file-errors.ts'
import type { Files, ReadResult } from '../../platform/files/files.ts'
import type { Scan, SecretFile } from './scan-secrets.ts'

const mostFiles = 20_000
const mostBytes = 64 * 1024 * 1024
/** Smaller files are read in any case. */
const smallBytes = 65_536
/** A larger file that is this many times as large as a text is not the one it was taken from: most of it would be missing. */
const timesLarger = 8
const shortestLine = 8
const leastCharacters = 24
/** Four letters or digits: less stands in any two files. */
const saysSomething = /(?:[\p{L}\p{N}][^\p{L}\p{N}]*){4}/u
const namesSecret = /(key|token|secret|passw|passphrase|pwd|auth|cred)[^=:\s]*["']?\s*[=:]\s*\S{6,}/i
const isBareToken = /^(?=\S*\d)(?=\S*[a-z])\S{12,}$/i
/** Where the host may not read, no text came from either. */
const unread = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EISDIR', 'ENXIO', 'ELOOP'])

/**
 * The secret file whose text this is, whatever path was named for it: the same text, or one that holds at least half of the lines that tell the file
 * apart. Null where there is none; `unsure` where there are more secret files than can be looked through, or one of them could not be read.
 */
export async function secretSource(files: Files, root: string, { secrets }: Scan, text: string): Promise<SecretFile | 'unsure' | null> {
  const whole = plain(text)
  if (!saysSomething.test(whole)) return null
  const lines = new Set(telling(whole))
  const limit = Math.max(smallBytes, Buffer.byteLength(text) * timesLarger)
  let bytesLeft = mostBytes
  let isUnsure = secrets.length > mostFiles
  for (const secret of secrets.slice(0, mostFiles)) {
    const read = await readIfAllowed(files, join(root, ...secret.path.split('/')), Math.min(limit, bytesLeft))
    if (read === 'failed') isUnsure = true
    if (read === 'failed' || read === null) continue
    if (!read.bytes) {
      isUnsure ||= read.sizeBytes <= limit
      continue
    }
    bytesLeft -= read.bytes.length
    const own = plain(new TextDecoder().decode(read.bytes))
    if (own === whole || isTakenFrom(telling(own), lines)) return secret
    // Nothing else waits for a large folder.
    if (read.bytes.length > smallBytes) await breathe()
  }
  return isUnsure ? 'unsure' : null
}

function isTakenFrom(own: readonly string[], lines: ReadonlySet<string>): boolean {
  const found = own.filter(line => lines.has(line))
  if (found.length === 0 || found.length * 2 < own.length) return false
  return found.join('').length >= leastCharacters || found.some(line => namesSecret.test(line) || isBareToken.test(line))
}

async function readIfAllowed(files: Files, path: string, limitBytes: number): Promise<ReadResult | 'failed' | null> {
  try {
    return await files.read(path, limitBytes)
  } catch (error) {
    return unread.has(errnoOf(error) ?? '') ? null : 'failed'
  }
}

/** Without what an editor may have changed. */
function plain(text: string): string {
  return text.replace(/^\u{feff}/u, '').replaceAll('\r\n', '\n').trim()
}

/** Lines that hardly stand in two files by chance: no comments, no bare brackets. A registry's token stands behind two strokes, as no comment does. */
function telling(text: string): string[] {
  return text.split('\n').map(line => line.trim()).filter(line => line.length >= shortestLine && !/^(#|\/\/(\s|$)|--|;)/.test(line))
}
