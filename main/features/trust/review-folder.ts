import type { TrustFinding } from '#shared/contract/trust.ts'
import { findInvisible } from '#shared/invisible-characters.ts'
import { invisibleDetail } from '#shared/invisible-words.ts'
import type { Files } from '../../platform/files/files.ts'
import { resolveInWorkspace } from '../../platform/files/workspace-path.ts'
import { knownFiles, knownFolders } from './known-files.ts'

const mostFindings = 200
const mostBytes = 512 * 1024

/** What a folder holds that would run or give orders. Reads a bounded number of files that are known by name, and runs nothing. `root` is absolute and without links. */
export async function reviewFolder(files: Files, root: string): Promise<TrustFinding[]> {
  const findings: TrustFinding[] = []
  for (const { path, kind, note, describe } of knownFiles) {
    const look = await lookAt(files, root, path)
    if (look === null) continue
    const words = look.problem ?? (describe && look.text !== null ? describe(look.text) : note)
    if (words !== null) findings.push({ path, kind, note: words, ...invisibleIn(look.text) })
  }
  for (const { path, kind, note, isMeant } of knownFolders) {
    for (const name of await namesIn(files, root, path)) {
      if (findings.length >= mostFindings) return findings
      if (!isMeant(name)) continue
      const look = await lookAt(files, root, `${path}/${name}`)
      if (look) findings.push({ path: `${path}/${name}`, kind, note: look.problem ?? note, ...invisibleIn(look.text) })
    }
  }
  return findings
}

interface Look {
  /** Null where it could not or should not be read. */
  text: string | null
  problem: string | null
}

async function lookAt(files: Files, root: string, path: string): Promise<Look | null> {
  const resolved = await resolveInWorkspace(files, root, path).catch(() => null)
  if (resolved === null) return { text: null, problem: 'leads out of this folder' }
  const stat = await files.stat(resolved).catch(() => null)
  if (stat?.kind !== 'file') return null
  try {
    const { bytes } = await files.read(resolved, mostBytes)
    return bytes === null ? { text: null, problem: 'too large to look at' } : { text: new TextDecoder().decode(bytes), problem: null }
  } catch {
    return { text: null, problem: 'cannot be read' }
  }
}

async function namesIn(files: Files, root: string, path: string): Promise<string[]> {
  try {
    const items = await files.items(await resolveInWorkspace(files, root, path))
    return items.filter(item => item.kind !== 'folder').map(item => item.name).sort().slice(0, mostFindings)
  } catch {
    // Not there, not a folder, or a link that leads out: none of it is taken.
    return []
  }
}

function invisibleIn(text: string | null): Pick<TrustFinding, 'invisibleCount' | 'invisibleDetail'> {
  if (text === null) return { invisibleCount: 0, invisibleDetail: '' }
  const report = findInvisible(text)
  return { invisibleCount: report.count, invisibleDetail: report.count === 0 ? '' : invisibleDetail(report) }
}
