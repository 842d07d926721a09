import { z } from 'zod'
import type { RepositoryFile } from '#shared/contract/downloads.ts'
import { AppError } from '#shared/errors.ts'
import type { NetworkDoor } from '../../platform/network/network-door.ts'
import { feature } from './fetch-file.ts'
import { hostOf, listAddress, type Registry, type RepositoryFileName } from './registry-address.ts'

const limits = { bodyBytes: 8 * 1024 * 1024, totalMilliseconds: 30_000 }

/** What matters of a registry's list: `lfs.oid` is the SHA-256 of a large file. */
const Listed = z.array(z.object({ type: z.string(), path: z.string().max(1000), size: z.number().int().nonnegative().optional(), lfs: z.object({ oid: z.string(), size: z.number().int().nonnegative() }).optional() }))

/**
 * The GGUF files in a folder of a repository, as the registry lists them. Throws DOWNLOAD_SOURCE_MISSING, DOWNLOAD_SOURCE_REFUSED, DOWNLOAD_SOURCE_FAILED
 * and as the door does.
 */
export async function listRepositoryFiles(door: NetworkDoor, registry: Registry, folderOf: RepositoryFileName, signal?: AbortSignal): Promise<RepositoryFile[]> {
  const url = listAddress(registry, folderOf)
  const { host } = hostOf(url)
  const response = await door.request({ url, headers: { ...registry.headers, accept: 'application/json' }, feature, why: `list of ${folderOf.repository}`, limits }, signal)
  try {
    const { status } = response
    if (status === 404) throw new AppError('DOWNLOAD_SOURCE_MISSING', { host, name: folderOf.repository })
    if (status === 401 || status === 403) throw new AppError('DOWNLOAD_SOURCE_REFUSED', { host, name: folderOf.repository, status })
    if (status !== 200) throw new AppError('DOWNLOAD_SOURCE_FAILED', { host, reason: `it answered with status ${status}` })
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body) chunks.push(chunk)
    return readList(Buffer.concat(chunks).toString('utf8'), host)
  } finally {
    response.discard()
  }
}

export function readList(text: string, host: string): RepositoryFile[] {
  const failed = (): never => {
    throw new AppError('DOWNLOAD_SOURCE_FAILED', { host, reason: 'its list of files cannot be read' })
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return failed()
  }
  const listed = Listed.safeParse(json)
  if (!listed.success) return failed()
  return listed.data
    .filter(({ type, path }) => type === 'file' && path.endsWith('.gguf'))
    .map(({ path, size, lfs }) => ({ path, sizeBytes: lfs?.size ?? size ?? null, sha256: lfs && /^[0-9a-f]{64}$/.test(lfs.oid) ? lfs.oid : null }))
}
