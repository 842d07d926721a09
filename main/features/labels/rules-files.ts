import { join } from 'node:path'
import { errnoOf } from '../../platform/files/file-errors.ts'
import type { Files } from '../../platform/files/files.ts'
import { resolveInWorkspace } from '../../platform/files/workspace-path.ts'
import { parseRules, type ParsedRules } from '../../platform/labels/parse-rules.ts'
import { RuleSet } from '../../platform/labels/rule-set.ts'

const limitBytes = 262_144
const foldersKept = 16
export const folderRulesPath = '.cortex/privacy.jsonc'

export interface LoadedRules {
  rules: RuleSet
  /** As `RuleSet.needsAbsolute` says of this folder. */
  needsAbsolute: boolean
  /** While there is any, no rule can be relied on and every file counts as secret. */
  problems: { source: 'user' | 'folder'; message: string }[]
  /** Changes when one of the files does. */
  revision: string
}

/** The rules that hold in a folder. Each call looks whether the files have changed, so that an edit counts at once. */
export class RulesFiles {
  readonly userFile: string
  readonly #files: Files
  readonly #home: string
  readonly #loaded = new Map<string, LoadedRules>()

  constructor(files: Files, { stateFolder, home }: { stateFolder: string; home: string }) {
    this.#files = files
    this.#home = home
    this.userFile = join(stateFolder, 'privacy.jsonc')
  }

  /** `root` is absolute and without links. */
  async load(root: string): Promise<LoadedRules> {
    const folderFile = await resolveInWorkspace(this.#files, root, folderRulesPath).catch((error: unknown) => (errnoOf(error) === 'ENOENT' ? join(root, folderRulesPath) : null))
    const revision = `${await this.#revision(this.userFile)} ${folderFile === null ? 'outside' : await this.#revision(folderFile)}`
    const known = this.#loaded.get(root)
    if (known?.revision === revision) return known
    const user = await this.#read(this.userFile, false)
    const folder = folderFile === null ? { rules: [], problems: ['The file lies outside the folder.'] } : await this.#read(folderFile, true)
    const rules = new RuleSet({ user: user.rules.map(rule => ({ ...rule, glob: rule.glob.startsWith('~/') ? `${this.#home}${rule.glob.slice(1)}` : rule.glob })), folder: folder.rules })
    const loaded: LoadedRules = {
      rules,
      needsAbsolute: rules.needsAbsolute(root),
      problems: [...user.problems.map(message => ({ source: 'user' as const, message })), ...folder.problems.map(message => ({ source: 'folder' as const, message }))],
      revision,
    }
    this.#loaded.delete(root)
    this.#loaded.set(root, loaded)
    const [oldest] = this.#loaded.keys()
    if (this.#loaded.size > foldersKept && oldest !== undefined) this.#loaded.delete(oldest)
    return loaded
  }

  async #revision(path: string): Promise<string> {
    try {
      return (await this.#files.identity(path))?.revision ?? 'none'
    } catch (error) {
      return errnoOf(error) ?? 'unknown'
    }
  }

  /** A file that is not there says nothing. */
  async #read(path: string, isFolderFile: boolean): Promise<ParsedRules> {
    try {
      const { bytes } = await this.#files.read(path, limitBytes)
      if (!bytes) return { rules: [], problems: ['The file is larger than 256 kB.'] }
      return parseRules(new TextDecoder('utf-8', { fatal: true }).decode(bytes), isFolderFile)
    } catch (error) {
      const code = errnoOf(error)
      if (code === 'ENOENT' || code === 'ENOTDIR') return { rules: [], problems: [] }
      return { rules: [], problems: [code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'The file is not valid UTF-8.' : 'The file cannot be read.'] }
    }
  }
}
