import { dirname } from 'node:path'
import { z } from 'zod'
import type { FolderTrust, TrustedFolder, TrustFinding } from '#shared/contract/trust.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import { recordThenDo } from '../../platform/audit/record-then-do.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Files } from '../../platform/files/files.ts'
import { isInside } from '../../platform/files/workspace-path.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import { displayPath } from '../../platform/paths/display-path.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'
import { reviewFolder } from './review-folder.ts'

const Granted = z.object({ grantedAt: z.coerce.date() })
type Granted = z.infer<typeof Granted>

interface Dependencies {
  files: Files
  storage: Storage
  audit: Audit
  clock: Clock
  home: string
  /** Answers the real path of an open folder. */
  workspaces: { get(workspaceId: string): Promise<{ path: string }> }
}

/** Which folders may run something. Trust is kept by real path and holds for all that lies below; without the database nothing is trusted. */
export class TrustService {
  readonly #dependencies: Dependencies
  readonly #kept: Collection<Granted>
  readonly #changes = new Listeners<void>()
  readonly #stopListening: () => void

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#kept = dependencies.storage.collection('trusted-folders', Granted)
    this.#stopListening = dependencies.storage.onChange(() => this.#changes.tell())
  }

  /** The question that tasks, hooks, language servers, tools and rules of a folder ask before they do anything. */
  async mayRun(workspaceId: string): Promise<boolean> {
    return this.isTrusted(await this.#path(workspaceId))
  }

  /** `path` is absolute and without links. */
  isTrusted(path: string): boolean {
    return this.#through(path) !== null
  }

  /** Told when a folder was trusted or restricted, or the database opened or shut. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  async watch(workspaceId: string, signal?: AbortSignal): Promise<AsyncGenerator<FolderTrust, void, void>> {
    const path = await this.#path(workspaceId)
    return liveStream<FolderTrust>(
      push => {
        push(this.#state(path))
        return this.#changes.add(() => push(this.#state(path)))
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  async review(workspaceId: string): Promise<TrustFinding[]> {
    return reviewFolder(this.#dependencies.files, await this.#path(workspaceId))
  }

  async grant(workspaceId: string, scope: 'folder' | 'parent'): Promise<void> {
    const own = await this.#path(workspaceId)
    const path = scope === 'parent' && this.#offersParent(own) ? dirname(own) : own
    this.#change('trust.grant', path, () => this.#kept.put(path, { grantedAt: this.#dependencies.clock.now() }))
  }

  async revoke(workspaceId: string): Promise<void> {
    const own = await this.#path(workspaceId)
    for (let path = this.#through(own); path !== null; path = this.#through(own)) {
      const revoked = path
      this.#change('trust.revoke', revoked, () => this.#kept.delete(revoked))
    }
  }

  /** Throws as `Storage`. */
  list(): TrustedFolder[] {
    const { storage, home } = this.#dependencies
    if (storage.problem) throw storage.problem
    return this.#kept.entries().map(({ key: path, value }) => ({ path, displayPath: displayPath(path, home), ...value }))
  }

  revokePath(path: string): void {
    if (this.list().some(one => one.path === path)) this.#change('trust.revoke', path, () => this.#kept.delete(path))
  }

  dispose(): void {
    this.#stopListening()
  }

  /** Trust that cannot be recorded is not given. What restricts needs no record to be safe. */
  #change(kind: 'trust.grant' | 'trust.revoke', path: string, change: () => void): void {
    const { audit, storage, home } = this.#dependencies
    if (storage.problem) throw storage.problem
    const event = { kind, actor: 'person', outcome: 'done', subject: displayPath(path, home) } as const
    if (kind === 'trust.grant') recordThenDo(audit, event, change)
    else {
      change()
      recordIfPossible(audit, event)
    }
    this.#changes.tell()
  }

  #state(path: string): FolderTrust {
    const { home } = this.#dependencies
    const through = this.#through(path)
    return { type: 'snapshot', isTrusted: through !== null, through: through === null ? null : displayPath(through, home), parent: this.#offersParent(path) ? displayPath(dirname(path), home) : null }
  }

  /** The nearest trusted folder that `path` is or lies in. */
  #through(path: string): string | null {
    if (this.#dependencies.storage.problem) return null
    for (let folder = path; ; folder = dirname(folder)) {
      if (this.#kept.get(folder)) return folder
      if (dirname(folder) === folder) return null
    }
  }

  #offersParent(path: string): boolean {
    const parent = dirname(path)
    return parent !== path && dirname(parent) !== parent && !isInside(parent, this.#dependencies.home)
  }

  async #path(workspaceId: string): Promise<string> {
    return (await this.#dependencies.workspaces.get(workspaceId)).path
  }
}
