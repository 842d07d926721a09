import { join } from 'node:path'
import type { Files } from '../../platform/files/files.ts'
import type { Scan, SecretFile } from './scan-secrets.ts'

const mostFiles = 200
const largestBytes = 65_536
const mostLines = 500
const shortestLine = 8
const leastCharacters = 24

/**
 * The secret file whose text this is, whatever path was named for it: at least half of the lines that tell it apart stand in the text.
 * Null where there is none among the first 200 of at most 64 kB each.
 */
export async function secretSource(files: Files, root: string, { secrets }: Scan, text: string): Promise<SecretFile | null> {
  const lines = new Set(telling(text, Infinity))
  if (lines.size === 0) return null
  for (const secret of secrets.slice(0, mostFiles)) {
    const own = telling(await textOf(files, join(root, ...secret.path.split('/'))), mostLines)
    const found = own.filter(line => lines.has(line))
    if (found.length > 0 && found.length * 2 >= own.length && found.join('').length >= leastCharacters) return secret
  }
  return null
}

async function textOf(files: Files, path: string): Promise<string> {
  const read = await files.read(path, largestBytes).catch(() => null)
  return read?.bytes ? new TextDecoder().decode(read.bytes) : ''
}

/** Lines that hardly stand in two files by chance: no comments, no bare brackets. */
function telling(text: string, limit: number): string[] {
  const lines: string[] = []
  for (const line of text.split('\n')) {
    const trimmed = line.trim()
    if (trimmed.length >= shortestLine && !/^(#|\/\/|--|;)/.test(trimmed)) lines.push(trimmed)
    if (lines.length >= limit) break
  }
  return lines
}
