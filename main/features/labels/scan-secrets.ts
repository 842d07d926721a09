import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Label } from '#shared/sensitivity.ts'
import type { FileLister } from '../../platform/files/file-lister.ts'
import type { Files } from '../../platform/files/files.ts'
import type { RuleSet, Verdict } from '../../platform/labels/rule-set.ts'

export interface SecretFile extends Verdict {
  path: string
}

/** All files of a folder by their names, as they stood at one time. */
export interface Scan {
  counts: Record<Label, number>
  secrets: SecretFile[]
  /** Identity of each secret file → one of its names. */
  identities: Map<string, string>
  /** When it was begun, monotonic milliseconds. */
  at: number
}

const longestMilliseconds = 20_000
const atOnce = 64
const homeSecrets = ['.netrc', '.git-credentials', '.npmrc', '.pypirc', '.pgpass', '.kube/config', '.docker/config.json']
const homeFolders = ['.ssh', '.aws', '.gnupg']

interface Scanned {
  files: Files
  lister: FileLister
  root: string
  home: string
  rules: RuleSet
  at: number
}

/** Goes through all names of a folder, those that git ignores included. Throws where that takes longer than 20 s or the folder cannot be listed. */
export async function scanSecrets({ files, lister, root, home, rules, at }: Scanned): Promise<Scan> {
  const counts = { public: 0, internal: 0, secret: 0 }
  const secrets: SecretFile[] = []
  const needsAbsolute = rules.needsAbsolute(root)
  const count = (path: string): void => {
    const verdict = rules.verdict(path, needsAbsolute ? join(root, path) : null)
    counts[verdict.label]++
    if (verdict.label === 'secret') secrets.push({ path, ...verdict })
  }
  for await (const paths of lister.list(root, AbortSignal.timeout(longestMilliseconds), { hasIgnored: true })) {
    for (const path of paths) count(path)
    // Nothing else waits for a large folder.
    await breathe()
  }
  // What lies in `.git` is not listed, and this one file of it may hold a password.
  if (await files.identity(join(root, '.git', 'config')).catch(() => null)) count('.git/config')
  const identities = new Map<string, string>()
  const known = [...(await homeNames(files, home)).map(name => ({ absolute: join(home, name), shown: `~/${name}` })), ...secrets.map(({ path }) => ({ absolute: join(root, ...path.split('/')), shown: path }))]
  for (let start = 0; start < known.length; start += atOnce) {
    const part = known.slice(start, start + atOnce)
    const found = await Promise.all(part.map(({ absolute }) => files.identity(absolute).catch(() => null)))
    found.forEach((identity, index) => {
      if (identity?.kind === 'file') identities.set(identity.key, part[index]?.shown ?? '')
    })
  }
  return { counts, secrets: secrets.sort((a, b) => (a.path < b.path ? -1 : 1)), identities, at }
}

/** Where tools keep the person's own keys: a file of the folder may be another name of one of them. */
async function homeNames(files: Files, home: string): Promise<string[]> {
  const inFolders = await Promise.all(homeFolders.map(async folder => (await files.items(join(home, folder)).catch(() => [])).map(item => `${folder}/${item.name}`)))
  return [...homeSecrets, ...inFolders.flat()]
}
