import { dirname, join } from 'node:path'
import { errnoOf, readError, writeError } from '../../platform/files/file-errors.ts'
import type { Files } from '../../platform/files/files.ts'
import { resolveInWorkspace } from '../../platform/files/workspace-path.ts'

const limitBytes = 1_000_000
export const workspaceSettingsPath = '.cortex/settings.jsonc'

/** Where a settings file lies: `root` null for the person's own, else the folder's path. */
export interface SettingsPlace {
  root: string | null
}

export interface SettingsText {
  text: string
  /** Why the file cannot be read, in words. */
  problem: string | null
}

/** Reads and writes the settings files. */
export class SettingsFiles {
  readonly userFile: string
  readonly #files: Files

  constructor(files: Files, stateFolder: string) {
    this.#files = files
    this.userFile = join(stateFolder, 'settings.jsonc')
  }

  pathOf({ root }: SettingsPlace): string {
    return root === null ? this.userFile : join(root, workspaceSettingsPath)
  }

  /** A file that is not there is empty. */
  async read(place: SettingsPlace): Promise<SettingsText> {
    try {
      const { bytes } = await this.#files.read(await this.#resolve(place), limitBytes)
      if (!bytes) return { text: '', problem: 'The file is larger than 1 MB.' }
      return { text: new TextDecoder().decode(bytes), problem: null }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return { text: '', problem: null }
      const known = readError(error, this.pathOf(place))
      return { text: '', problem: known instanceof Error && 'code' in known ? `The file cannot be read (${String(known.code)}).` : 'The file cannot be read.' }
    }
  }

  async write(place: SettingsPlace, text: string): Promise<void> {
    try {
      const path = await this.#resolve(place)
      await this.#files.createFolder(dirname(path))
      await this.#files.replace(path, new TextEncoder().encode(text))
    } catch (error) {
      throw writeError(error, this.pathOf(place))
    }
  }

  /** Follows links, so that a file kept elsewhere stays there; a folder's file must lie in the folder. */
  async #resolve({ root }: SettingsPlace): Promise<string> {
    if (root !== null) return resolveInWorkspace(this.#files, root, workspaceSettingsPath)
    return this.#files.realPath(this.userFile).catch(() => this.userFile)
  }
}
