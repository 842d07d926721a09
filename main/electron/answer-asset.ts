import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { contentTypes } from '../transport/content-types.ts'
import { recoveryAddress, recoveryPage } from './recovery-page.ts'
import { resolveAsset } from './resolve-asset.ts'

/** Answers one request of the page. Anything but a GET or HEAD of a known kind of file below `root` is refused, without a word about the disk. */
export async function answerAsset(root: string, headers: Readonly<Record<string, string>>, request: { method: string; url: string }): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405, headers: { ...headers, allow: 'GET, HEAD' } })
  if (request.url === recoveryAddress) return page(recoveryPage, headers, request.method)
  const asset = await resolveAsset(root, request.url)
  const type = asset.isFound ? contentTypes[extname(asset.path).toLowerCase()] : undefined
  if (!asset.isFound || type === undefined) return new Response(null, { status: 404, headers })
  try {
    const bytes = await readFile(asset.path)
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), { headers: { ...headers, 'content-type': type, 'content-length': String(bytes.byteLength) } })
  } catch {
    return new Response(null, { status: 404, headers })
  }
}

function page(html: string, headers: Readonly<Record<string, string>>, method: string): Response {
  return new Response(method === 'HEAD' ? null : html, { headers: { ...headers, 'content-type': 'text/html; charset=utf-8' } })
}
