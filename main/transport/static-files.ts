import { createReadStream } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { contentTypes } from './content-types.ts'

interface StaticFile {
  file: string
  sizeBytes: number
  headers: Record<string, string>
}

export interface StaticFiles {
  /** Answers from the folder as it is; false when nothing has this path. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

/**
 * The files of one built page, listed again when another build has taken its place. A request only ever looks up a key of that list: no path
 * is built from what a client sends, and a link that leads out of the folder is not in it.
 */
export async function staticFiles(folder: string, headers: Record<string, string>): Promise<StaticFiles> {
  let build = await buildOf(folder)
  let files = await listFiles(folder, headers)
  return {
    async serve(path, request, response) {
      const now = await buildOf(folder)
      if (now !== null && now !== build) {
        files = await listFiles(folder, headers)
        build = now
      }
      const found = files.get(path === '/' ? '/index.html' : path)
      if (!found) return false
      response.writeHead(200, found.headers)
      if (request.method === 'HEAD') {
        response.end()
        return true
      }
      const stream = createReadStream(found.file, { end: Math.max(0, found.sizeBytes - 1) })
      // The build was taken away while the host runs: cut the answer, its length is already promised.
      stream.on('error', () => response.destroy())
      response.on('close', () => stream.destroy())
      stream.pipe(response)
      return true
    },
  }
}

/** Tells one build from another; null while none is there. */
async function buildOf(folder: string): Promise<string | null> {
  const facts = await stat(join(folder, 'index.html')).catch(() => null)
  return facts && `${facts.ino} ${facts.mtimeMs}`
}

async function listFiles(folder: string, headers: Record<string, string>): Promise<Map<string, StaticFile>> {
  const files = new Map<string, StaticFile>()
  const root = await realpath(folder).catch(() => null)
  if (root === null) return files
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const file = await realpath(join(entry.parentPath, entry.name)).catch(() => null)
    if (!file?.startsWith(root + sep)) continue
    const facts = await stat(file)
    if (!facts.isFile()) continue
    const path = `/${relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')}`
    files.set(path, {
      file,
      sizeBytes: facts.size,
      headers: {
        ...headers,
        'content-type': contentTypes[extname(path)] ?? 'application/octet-stream',
        'content-length': String(facts.size),
        // Names under assets/ carry a hash of their content.
        'cache-control': path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store',
      },
    })
  }
  return files
}
