import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A text as it may stand in a file or in memory: plain, in base64 at each of its three places, in hex, in an address, as UTF-16. */
export function canaryForms(canary: string): Buffer[] {
  const base64 = [0, 1, 2].map(shift => Buffer.concat([Buffer.alloc(shift), Buffer.from(canary)]).toString('base64').slice(4, -4))
  return [canary, encodeURIComponent(canary), Buffer.from(canary).toString('hex'), ...base64].map(form => Buffer.from(form)).concat(Buffer.from(canary, 'utf16le'))
}

export function holdsCanary(bytes: Uint8Array | string, forms: readonly Buffer[]): boolean {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return forms.some(form => buffer.includes(form))
}

/** Paths of all files below a folder whose content or name holds one of the forms. */
export function filesWithCanary(folder: string, forms: readonly Buffer[]): { hits: string[]; files: number; bytes: number } {
  const found = { hits: [] as string[], files: 0, bytes: 0 }
  const walk = (path: string): void => {
    for (const entry of readdirSync(path)) {
      const below = join(path, entry)
      // A file of a host that runs may go while it is looked at.
      const stat = lstatSync(below, { throwIfNoEntry: false })
      if (stat?.isDirectory()) walk(below)
      if (!stat?.isFile()) continue
      const content = contentOf(below)
      if (!content) continue
      found.files++
      found.bytes += content.length
      if (holdsCanary(content, forms) || holdsCanary(below, forms)) found.hits.push(below)
    }
  }
  walk(folder)
  return found
}

function contentOf(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** What `/proc` says of a process: command line and environment, where they may be read. */
export function processWords(pid: number): Buffer {
  const read = (name: string): Buffer => {
    try {
      return readFileSync(`/proc/${pid}/${name}`)
    } catch {
      // It has ended, or belongs to another account.
      return Buffer.alloc(0)
    }
  }
  return Buffer.concat([read('cmdline'), read('environ')])
}
