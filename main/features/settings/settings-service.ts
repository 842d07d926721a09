import type { SettingsSnapshot } from '#shared/contract/settings.ts'
import { AppError } from '#shared/errors.ts'
import { isSettingKey, type Settings } from '#shared/setting-definitions.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import type { Files } from '../../platform/files/files.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import type { WorkspacesService } from '../workspaces/workspaces-service.ts'
import { editSettings } from './edit-settings.ts'
import { layerSettings, type LayeredSettings } from './layer-settings.ts'
import { recordChange, recordChanges } from './record-changes.ts'
import { holdsKey, parseSettings, settingProblem } from './parse-settings.ts'
import { SettingsFiles, workspaceSettingsPath, type SettingsPlace } from './settings-files.ts'

/** Says when something below a folder may have changed; null when everything may have. */
type FolderListen = (folder: string, listener: (paths: readonly string[] | null) => void) => Promise<() => void>

interface Dependencies {
  files: Files
  audit: Audit
  workspaces: WorkspacesService
  /** Answers for a real path. */
  trust: { isTrusted(path: string): boolean; onChange(listener: () => void): () => void }
  stateFolder: string
  overrides: Record<string, unknown>
  watchFile: (path: string, listener: () => void) => () => void
  listenToFolder: FolderListen
}

interface Scope {
  scope: 'user' | 'workspace'
  workspaceId: string | null
}

/** Settings from files in layers, live. */
export class SettingsService {
  readonly #dependencies: Dependencies
  readonly #files: SettingsFiles
  readonly #changes = new Listeners<void>()
  readonly #turns = new TurnTaker()
  readonly #stops: (() => void)[]

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#files = new SettingsFiles(dependencies.files, dependencies.stateFolder)
    this.#stops = [dependencies.watchFile(this.#files.userFile, () => this.#changes.tell()), dependencies.trust.onChange(() => this.#changes.tell())]
  }

  /** Every setting as it holds in a workspace, or without one for null. */
  async values(workspaceId: string | null = null): Promise<Settings> {
    return (await this.#layers(await this.#root(workspaceId))).values
  }

  /** Called after a settings file may have changed; of a folder's file only while somebody watches that folder's settings. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  async watch(workspaceId: string | null, signal?: AbortSignal): Promise<AsyncGenerator<SettingsSnapshot, void, void>> {
    const root = await this.#root(workspaceId)
    return liveStream<SettingsSnapshot>(
      async (push, fail) => {
        // One after the other: a file read before a change must not be told after it.
        const turns = new TurnTaker()
        let last = ''
        const tell = async (): Promise<void> => {
          const snapshot = await this.#snapshot(root)
          const text = JSON.stringify(snapshot)
          if (text === last) return
          last = text
          push(snapshot)
        }
        const stopChanges = this.#changes.add(() => void turns.take('', tell).catch(fail))
        const stopFolder = root === null ? () => undefined : await this.#dependencies.listenToFolder(root, paths => {
          if (paths === null || paths.some(path => workspaceSettingsPath === path || workspaceSettingsPath.startsWith(`${path}/`))) this.#changes.tell()
        })
        await turns.take('', tell)
        return () => {
          stopChanges()
          stopFolder()
        }
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  async set({ scope, workspaceId }: Scope, key: string, value: unknown): Promise<void> {
    if (!isSettingKey(key)) throw new AppError('SETTING_UNKNOWN', { key })
    const place = await this.#place(scope, workspaceId)
    const path = this.#files.pathOf(place)
    const problem = value === null ? null : settingProblem(key, value, scope === 'workspace')
    if (problem !== null) throw new AppError('SETTINGS_INVALID', { path, problems: [`${key}: ${problem}`] })
    await this.#turns.take(path, async () => {
      const text = await this.#readWhole(place)
      if (value === null && !holdsKey(text, key)) return
      await this.#files.write(place, editSettings(text, key, value ?? undefined))
      recordChange(this.#dependencies.audit, scope, key, value)
    })
    this.#changes.tell()
  }

  async readFile({ scope, workspaceId }: Scope): Promise<{ path: string; text: string }> {
    const place = await this.#place(scope, workspaceId)
    const { text } = await this.#files.read(place)
    return { path: this.#files.pathOf(place), text: text === '' ? '{\n}\n' : text }
  }

  async writeFile({ scope, workspaceId }: Scope, text: string): Promise<void> {
    const place = await this.#place(scope, workspaceId)
    const path = this.#files.pathOf(place)
    const { problems, values } = parseSettings(text, scope === 'workspace')
    if (problems.length > 0) throw new AppError('SETTINGS_INVALID', { path, problems: problems.map(({ key, message }) => (key === null ? message : `${key}: ${message}`)) })
    await this.#turns.take(path, async () => {
      const before = parseSettings((await this.#files.read(place)).text, scope === 'workspace').values
      await this.#files.write(place, text)
      recordChanges(this.#dependencies.audit, scope, before, values)
    })
    this.#changes.tell()
  }

  /**
   * Takes over the settings file of another profile where there is none here. What names a program or a model, says how long something is kept, or does
   * not hold is left out: an import is to run nothing and delete nothing. Gives the keys of settings that were left out.
   */
  async adopt(text: string): Promise<{ isTaken: boolean; leftOut: string[] }> {
    const place = { root: null }
    const path = this.#files.pathOf(place)
    // As of a folder: neither may set what only the person may.
    const { values, problems, isReadable } = parseSettings(text, true)
    return await this.#turns.take(path, async () => {
      if (!isReadable || (await this.#dependencies.files.stat(path)) !== null) return { isTaken: false, leftOut: [] }
      const leftOut = [...new Set(problems.flatMap(({ key }) => (key === null ? [] : [key])))]
      const edited = leftOut.reduce((rest, key) => editSettings(rest, key, undefined), text)
      // A key that stood there twice may still do.
      await this.#files.write(place, parseSettings(edited, true).problems.length === 0 ? edited : `${JSON.stringify(values, null, 2)}\n`)
      recordChanges(this.#dependencies.audit, 'user', {}, values)
      this.#changes.tell()
      return { isTaken: true, leftOut: leftOut.filter(isSettingKey) }
    })
  }

  dispose(): void {
    for (const stop of this.#stops) stop()
  }

  async #layers(root: string | null): Promise<LayeredSettings> {
    const user = await this.#files.read({ root: null })
    const workspace = root === null ? null : await this.#files.read({ root })
    const layered = layerSettings({ user: user.text, workspace: workspace?.text ?? '', isFolderTrusted: root !== null && this.#dependencies.trust.isTrusted(root), commandLine: this.#dependencies.overrides })
    if (user.problem) layered.problems.push({ source: 'user', key: null, message: user.problem })
    if (workspace?.problem) layered.problems.push({ source: 'workspace', key: null, message: workspace.problem })
    return layered
  }

  async #snapshot(root: string | null): Promise<SettingsSnapshot> {
    const workspaceFile = root === null ? null : this.#files.pathOf({ root })
    return { type: 'snapshot', ...(await this.#layers(root)), userFile: this.#files.userFile, workspaceFile }
  }

  /** The text to edit; one that cannot be read or parsed is never written over. */
  async #readWhole(place: SettingsPlace): Promise<string> {
    const path = this.#files.pathOf(place)
    const { text, problem } = await this.#files.read(place)
    if (problem !== null) throw new AppError('SETTINGS_INVALID', { path, problems: [problem] })
    const parsed = parseSettings(text, place.root !== null)
    if (!parsed.isReadable) throw new AppError('SETTINGS_INVALID', { path, problems: parsed.problems.map(item => item.message) })
    return text
  }

  async #root(workspaceId: string | null): Promise<string | null> {
    return workspaceId === null ? null : (await this.#dependencies.workspaces.get(workspaceId)).path
  }

  async #place(scope: Scope['scope'], workspaceId: string | null): Promise<SettingsPlace> {
    if (scope === 'user') return { root: null }
    if (workspaceId === null) throw new AppError('WORKSPACE_NOT_FOUND', { workspaceId: '' })
    return { root: await this.#root(workspaceId) }
  }
}
