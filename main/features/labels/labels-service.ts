import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { FileLabel, LabelsSnapshot } from '#shared/contract/labels.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { FileLister } from '../../platform/files/file-lister.ts'
import type { Files } from '../../platform/files/files.ts'
import { isInside } from '../../platform/files/workspace-path.ts'
import { realNames } from '../../platform/labels/real-names.ts'
import { strictest, unsure, type Verdict } from '../../platform/labels/rule-set.ts'
import type { Log } from '../../platform/log/log.ts'
import { folderRulesPath, RulesFiles, type LoadedRules } from './rules-files.ts'
import { SecretScans } from './secret-scans.ts'
import { secretSource } from './secret-source.ts'
import { watchLabels } from './watch-labels.ts'

type FolderListen = (folder: string, listener: () => void) => Promise<() => void>

interface Dependencies {
  files: Files
  lister: FileLister
  workspaces: { get(workspaceId: string): Promise<{ path: string }> }
  listenToFolder: FolderListen
  watchFile: (path: string, listener: () => void) => () => void
  clock: Clock
  log: Log
  stateFolder: string
  home: string
}

/** Another name may have been given to a secret file since a scan of this age. */
const hardLinkMilliseconds = 500
/** Whose text an attachment is may be looked up among the secret files of a moment ago: its own path was checked already. */
const textMilliseconds = 60_000
const brokenRules = 'the rules cannot be read'

/** A file as somebody named it: in a workspace, below a folder given by its absolute path, or by its own absolute path. */
export interface NamedFile {
  workspaceId?: string | null | undefined
  folder?: string | null | undefined
  path: string
}

/** How sensitive a file is: by its names, by what its links lead to, and by what else it is called on disk. What cannot be made sure of is secret. */
export class LabelsService {
  readonly #dependencies: Dependencies
  readonly #rules: RulesFiles
  readonly #scans: SecretScans

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#rules = new RulesFiles(dependencies.files, dependencies)
    this.#scans = new SecretScans(dependencies)
  }

  /** The label of each path of a workspace, in their order. Throws as `workspaces.get`. */
  async labelOf(workspaceId: string, paths: readonly string[]): Promise<FileLabel[]> {
    const { path: root } = await this.#dependencies.workspaces.get(workspaceId)
    return Promise.all(paths.map(async path => ({ path, ...(await this.#verdict(root, path)) })))
  }

  /** The label of a file wherever it lies. Throws as `workspaces.get` where a workspace is named. */
  async explain({ workspaceId, folder, path }: NamedFile): Promise<FileLabel> {
    if (workspaceId) return { path, ...(await this.#verdict((await this.#dependencies.workspaces.get(workspaceId)).path, path)) }
    const absolute = absoluteOf(folder, path)
    if (absolute === null) return { path, ...unsure('no folder is known for it') }
    const above = await this.#above(absolute)
    if (above === null) return { path, ...unsure('its folder cannot be read') }
    // A folder further down, which anybody may have made, must not hide the rules of one above it.
    const roots = above.ruled.length > 0 ? above.ruled : [above.parent]
    return { path, ...strictest(await Promise.all(roots.map(async root => await this.#verdict(root, relative(root, above.file).split(sep).join('/'))))) }
  }

  /** Throws as `workspaces.get`. */
  async watch(workspaceId: string, signal?: AbortSignal): Promise<AsyncGenerator<LabelsSnapshot, void, void>> {
    const { path: root } = await this.#dependencies.workspaces.get(workspaceId)
    const { listenToFolder, watchFile, log } = this.#dependencies
    const { userFile } = this.#rules
    return watchLabels({
      load: () => this.#rules.load(root),
      scan: rules => this.#scans.take(root, rules, 0),
      listen: async listener => {
        const stops = [await listenToFolder(root, listener), watchFile(userFile, listener)]
        return () => stops.forEach(stop => stop())
      },
      userFile,
      log,
      signal,
    })
  }

  /**
   * The label of the secret file that a text was taken from, if it stands under another path; null where there is none. Looked for in the workspace; else
   * in the outermost folder above the file that is a project, or has rules; else beside the file.
   */
  async secretSource({ workspaceId, folder }: Pick<NamedFile, 'workspaceId' | 'folder'>, path: string, text: string): Promise<FileLabel | null> {
    const { workspaces, files } = this.#dependencies
    const place = workspaceId ? { root: (await workspaces.get(workspaceId)).path, isShallow: false } : await this.#placeOfSecrets(absoluteOf(folder, path))
    try {
      if (place === null) throw new Error('its folder cannot be read')
      const { root, isShallow } = place
      const source = await secretSource(files, root, await this.#scans.take(root, await this.#rules.load(root), textMilliseconds, { isShallow }), text)
      if (source === 'unsure') return { path, ...unsure('not all secret files could be compared with it') }
      return source && { path, label: 'secret', rule: `the text of ${source.path}`, source: 'check', why: 'it stands in a secret file' }
    } catch {
      return { path, ...unsure('the secret files cannot be found') }
    }
  }

  async #verdict(root: string, path: string): Promise<Verdict> {
    const loaded = await this.#rules.load(root)
    if (loaded.problems.length > 0) return unsure(brokenRules)
    const names = await realNames(this.#dependencies.files, root, path)
    if (typeof names === 'string') return unsure(names)
    const verdict = strictest(names.paths.map(name => loaded.rules.verdict(name, loaded.needsAbsolute ? names.absolute : null)))
    if (verdict.label === 'secret' || names.identity?.kind !== 'file' || names.identity.links < 2) return verdict
    return this.#otherName(root, loaded, names.identity.key, verdict)
  }

  /** A file with several names is as secret as the most secret of them. */
  async #otherName(root: string, loaded: LoadedRules, key: string, verdict: Verdict): Promise<Verdict> {
    try {
      const { identities } = await this.#scans.take(root, loaded, hardLinkMilliseconds)
      const other = identities.get(key)
      return other === undefined ? verdict : { label: 'secret', rule: `another name of ${other}`, source: 'built-in', why: 'a hard link to a secret file' }
    } catch {
      return unsure('its other names cannot be found')
    }
  }

  /** The folders above a file, from its own on: those with rules of their own, and those that are projects. Null where they cannot be read. */
  async #above(absolute: string): Promise<{ file: string; parent: string; ruled: string[]; projects: string[] } | null> {
    const { files } = this.#dependencies
    try {
      const parent = await files.realPath(dirname(absolute))
      const file = join(parent, absolute.slice(dirname(absolute).length).replace(/^[/\\]+/, ''))
      const ruled: string[] = []
      const projects: string[] = []
      for (let folder = parent; ; folder = dirname(folder)) {
        if (await files.identity(join(folder, ...folderRulesPath.split('/')))) ruled.push(folder)
        if (await files.identity(join(folder, '.git'))) projects.push(folder)
        if (dirname(folder) === folder) break
      }
      return { file, parent, ruled, projects }
    } catch {
      return null
    }
  }

  /** Never all of the home folder, or more: nobody waits for that. */
  async #placeOfSecrets(absolute: string | null): Promise<{ root: string; isShallow: boolean } | null> {
    const above = absolute === null ? null : await this.#above(absolute)
    if (above === null) return null
    const [outermost] = [...above.ruled, ...above.projects].filter(folder => !isInside(folder, this.#dependencies.home)).sort((one, other) => one.length - other.length)
    return outermost === undefined ? { root: above.parent, isShallow: true } : { root: outermost, isShallow: false }
  }
}

function absoluteOf(folder: string | null | undefined, path: string): string | null {
  if (isAbsolute(path)) return path
  return folder && isAbsolute(folder) ? join(folder, path) : null
}
